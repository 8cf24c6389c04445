namespace P2PNode.Files;

/// <summary>What the loop of <see cref="OwnFiles"/> is told by whatever runs beside it.</summary>
internal abstract record OwnEvent
{
    /// <summary>The watcher has something to take.</summary>
    public sealed record Hinted : OwnEvent
    {
        public static readonly Hinted Instance = new();
    }

    /// <summary>The scan met what is not listed as it is.</summary>
    public sealed record Met(Difference What) : OwnEvent;

    public sealed record Hashed(IReadOnlyList<(Difference What, HashResult Result)> Results) : OwnEvent;

    /// <summary>One of the two is null.</summary>
    public sealed record ScanEnded(ScanReport? Report, Exception? Fault) : OwnEvent;

    public sealed record ScanAsked(long Number, bool ConfirmsLoss) : OwnEvent;
}
