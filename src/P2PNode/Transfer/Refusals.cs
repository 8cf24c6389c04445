using P2PNode.Core;
using Serilog;
using Serilog.Events;

namespace P2PNode.Transfer;

/// <summary>Tells the log which files peers were refused, once for each file and reason. Thread-safe.</summary>
internal sealed class Refusals(ILogger log)
{
    private const int MostRemembered = 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<(NodeId Owner, FilePath Path, string Reason)> _told = [];

    public void Tell(in AskedRange range, string reason)
    {
        if (!log.IsEnabled(LogEventLevel.Debug))
            return;
        lock (_gate)
        {
            if (_told.Count >= MostRemembered)
                _told.Clear();
            if (!_told.Add((range.Owner, range.Path, reason)))
                return;
        }

        log.CannotServe(range.Owner, range.Path, reason);
    }
}
