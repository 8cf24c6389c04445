using System.Diagnostics;
using System.Globalization;

namespace P2PNode.EndToEnd.Kit;

/// <summary>A line that a process printed, and when, on the clock of <see cref="Eventually"/>.</summary>
internal sealed record PrintedLine(TimeSpan At, bool IsError, string Text);

/// <summary>A process with all that it printed. Killed at the latest when disposed.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<PrintedLine> _lines = [];

    public RunningProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, isError: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasEnded => _process.HasExited;

    public string Output => Text(isError: false);

    public string Error => Text(isError: true);

    public IReadOnlyList<PrintedLine> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The most memory that the process ever had resident, in bytes; for as long as it runs.</summary>
    public long PeakMemory => Memory("VmHWM:");

    /// <summary>The memory that it has resident now, in bytes; for as long as it runs.</summary>
    public long ResidentMemory => Memory("VmRSS:");

    /// <summary>How many files and sockets it has open; for as long as it runs.</summary>
    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd").Count();

    /// <summary>Types a line into it.</summary>
    public void Type(string line) => _process.StandardInput.WriteLine(line);

    public void Send(ProcessSignal signal) => Signals.Send(_process.Id, signal);

    /// <summary>Ends the process at once, in the midst of whatever it does; returns when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            Send(ProcessSignal.Kill);
        _process.WaitForExit();
    }

    /// <summary>Waits for the process to end by itself, and for its last line.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process did not end in {within.TotalSeconds:0.#} s:\n{Output}{Error}");
        }
    }

    private long Memory(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Keep(string? text, bool isError)
    {
        lock (_gate)
        {
            if (text is not null)
                _lines.Add(new PrintedLine(Eventually.Now, isError, text));
        }
    }

    private string Text(bool isError) =>
        string.Concat(Lines.Where(line => line.IsError == isError).Select(line => line.Text + "\n"));
}
