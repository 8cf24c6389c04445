using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>How far a node's collecting has come since somebody watches, from one status to the next.</summary>
internal sealed class CollectionProgress(TimeProvider clock)
{
    private long _mostBytes;
    private int _mostFiles;
    private long _lastBytes;
    private long _lastAt = clock.GetTimestamp();
    private double _rate;

    /// <summary>A bar with what is here, the rate and the time left; null while nothing is pending.</summary>
    public string? Describe(StatusReport status)
    {
        var files = status.Pending.Files;
        var bytes = Math.Max(0, status.Pending.Bytes - status.Transfers.Where(transfer => transfer.To == status.Id).Sum(transfer => transfer.Done));
        Measure(bytes);
        if (files == 0)
        {
            (_mostBytes, _mostFiles, _rate) = (0, 0, 0);
            return null;
        }

        (_mostBytes, _mostFiles) = (Math.Max(_mostBytes, bytes), Math.Max(_mostFiles, files));
        var left = _rate >= 1 ? $", {Words.Size((long)_rate)}/s, {Words.Span(TimeSpan.FromSeconds(Math.Min(bytes / _rate, 1e6)))} left" : "";
        return $"{Words.Bar(_mostBytes - bytes, _mostBytes)} {_mostFiles - files} of {Words.Files(_mostFiles)}{left}";
    }

    private void Measure(long bytes)
    {
        var seconds = clock.GetElapsedTime(_lastAt).TotalSeconds;
        var latest = seconds > 0 ? Math.Max(0, _lastBytes - bytes) / seconds : 0;
        _rate = _rate == 0 ? latest : (_rate + latest) / 2;
        (_lastBytes, _lastAt) = (bytes, clock.GetTimestamp());
    }
}
