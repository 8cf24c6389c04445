using System.Diagnostics;

namespace P2PNode.Bench.Processes;

/// <summary>A line that a process printed, and when on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
internal sealed record PrintedLine(long At, string Text);

/// <summary>A process of a run, with what it printed. It is ended at the latest when disposed.</summary>
internal sealed class RunningProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _program;
    private readonly Lock _gate = new();
    private readonly List<PrintedLine> _lines = [];

    public RunningProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _program = start.FileName;
        StartedAt = TimeProvider.System.GetTimestamp();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Just before the process was made.</summary>
    public long StartedAt { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>What was printed, from the line of that number on.</summary>
    public IReadOnlyList<PrintedLine> LinesFrom(int first)
    {
        lock (_gate)
            return first < _lines.Count ? _lines[first..] : [];
    }

    /// <summary>A process that should still run has ended: that fails the run.</summary>
    public void ThrowIfEnded()
    {
        if (HasEnded)
            throw new RunFailedException($"{_program} ended with {_process.ExitCode}: {LastLines()}");
    }

    /// <summary>Waits for the process to end by itself, with success.</summary>
    public async Task SucceedAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        if (_process.ExitCode != 0)
            ThrowIfEnded();
    }

    /// <summary>Asks the process to end and waits until it has.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
            SystemCalls.Send(Id, SystemCalls.Terminate);
        using var deadline = new CancellationTokenSource(Grace, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
    }

    /// <summary>Ends the process and its children at once.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        var at = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            if (line.Data is not null)
                _lines.Add(new PrintedLine(at, line.Data));
        }
    }

    private string LastLines()
    {
        lock (_gate)
            return string.Join(" / ", _lines.TakeLast(5).Select(line => line.Text));
    }
}
