namespace P2PNode.Core.Transfer;

/// <summary>How much may be under way on one bulk link. The asker asks for no more, so its requests are the credit.</summary>
public sealed record FetchWindow
{
    /// <summary>Bytes asked for and not yet received: enough for 1 ms at 10 Gbit/s and for 50 ms at 1 Gbit/s.</summary>
    public long Bytes { get; init; } = 8 << 20;

    /// <summary>Ranges asked for and not yet answered; bounds what small files cost.</summary>
    public int Ranges { get; init; } = 4096;

    /// <summary>The longest range; larger files travel as several.</summary>
    public int RangeBytes { get; init; } = 4 << 20;
}
