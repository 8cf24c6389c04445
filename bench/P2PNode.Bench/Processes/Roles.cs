using System.Diagnostics;

namespace P2PNode.Bench.Processes;

/// <summary>The processes of one run, by what they are in it. All are gone once it is disposed.</summary>
internal sealed class Roles : IDisposable
{
    public const string Collector = "collector";
    public const string Owner = "owner";

    private readonly Lock _gate = new();
    private readonly List<(string Role, RunningProcess Process)> _processes = [];

    /// <summary>The processes that run now.</summary>
    public IReadOnlyList<(string Role, RunningProcess Process)> Running
    {
        get
        {
            lock (_gate)
                return [.. _processes.Where(one => !one.Process.HasEnded)];
        }
    }

    /// <param name="role"><see cref="Collector"/> or <see cref="Owner"/>.</param>
    /// <param name="start">The program, its arguments and its environment.</param>
    public RunningProcess Start(string role, ProcessStartInfo start)
    {
        var process = new RunningProcess(start);
        lock (_gate)
            _processes.Add((role, process));
        return process;
    }

    public RunningProcess Start(string role, string program, params IEnumerable<string> args) =>
        Start(role, new ProcessStartInfo(program, args));

    public void Dispose()
    {
        foreach (var (_, process) in _processes)
            process.Dispose();
    }
}
