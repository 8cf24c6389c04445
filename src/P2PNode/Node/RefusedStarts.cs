using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Tells people of processes that were started on this node's folder and refused by its lock. What restarts such a
/// process for ever does not fill the log. Thread-safe.
/// </summary>
internal sealed class RefusedStarts(string folder, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _told;

    public void Take(int process)
    {
        lock (_gate)
        {
            if (_told is { } at && clock.GetElapsedTime(at) < Pause)
                return;
            _told = clock.GetTimestamp();
        }

        log.StartRefused(process, folder);
    }
}
