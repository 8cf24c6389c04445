using System.Runtime.InteropServices;

namespace P2PNode.Cli;

/// <summary>
/// Ends what the process does on Ctrl-C, SIGTERM and the end of its terminal: cleanly, or by force where that takes too long.
/// </summary>
internal sealed class Termination : IDisposable
{
    /// <summary>Two seconds are promised.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What shells add to the number of the signal that ended a process.</summary>
    private const int EndedBySignal = 128;

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Interrupts _interrupts;
    private readonly TimeProvider _clock;
    private readonly PosixSignalRegistration[] _signals;

    public Termination(Interrupts interrupts, TimeProvider clock)
    {
        (_interrupts, _clock) = (interrupts, clock);
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Take(signal, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Take(signal, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Take(signal, 1)),
        ];
    }

    /// <summary>Does the work until it ends, or is cut off after a signal.</summary>
    public async Task<int> BoundAsync(Func<CancellationToken, Task<int>> work) =>
        await await Task.WhenAny(Task.Run(() => work(_stop.Token)), _cutOff.Task);

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _stop.Dispose();
    }

    private void Take(PosixSignalContext signal, int number)
    {
        signal.Cancel = true;
        if (signal.Signal is PosixSignal.SIGINT && _interrupts.TryTake())
            return;
        _ = CutOffAsync(EndedBySignal + number);
        _ = _stop.CancelAsync();
    }

    private async Task CutOffAsync(int exitCode)
    {
        await Task.Delay(Patience, _clock);
        _cutOff.TrySetResult(exitCode);
    }
}
