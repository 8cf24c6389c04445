using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>How far a node's collecting has come since somebody watches, from one status to the next.</summary>
internal sealed class CollectionProgress(TimeProvider clock)
{
    private long _mostBytes;
    private int _mostFiles;
    private PendingReport _last = new(0, 0);
    private long _lastAt = clock.GetTimestamp();
    private double _rate;

    /// <summary>A bar with what is here, the rate and the time left; null while nothing is pending.</summary>
    public string? Describe(PendingReport pending)
    {
        var seconds = clock.GetElapsedTime(_lastAt).TotalSeconds;
        var latest = seconds > 0 ? Math.Max(0, _last.Bytes - pending.Bytes) / seconds : 0;
        _rate = _rate == 0 ? latest : (_rate + latest) / 2;
        (_last, _lastAt) = (pending, clock.GetTimestamp());
        if (pending.Files == 0)
        {
            (_mostBytes, _mostFiles, _rate) = (0, 0, 0);
            return null;
        }

        (_mostBytes, _mostFiles) = (Math.Max(_mostBytes, pending.Bytes), Math.Max(_mostFiles, pending.Files));
        var left = _rate >= 1 ? $", {Words.Size((long)_rate)}/s, {Words.Span(TimeSpan.FromSeconds(Math.Min(pending.Bytes / _rate, 1e6)))} left" : "";
        return $"{Words.Bar(_mostBytes - pending.Bytes, _mostBytes)} {_mostFiles - pending.Files} of {Words.Files(_mostFiles)}{left}";
    }
}
