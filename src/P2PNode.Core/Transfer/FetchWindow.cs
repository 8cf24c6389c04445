namespace P2PNode.Core.Transfer;

/// <summary>How much may be under way on one bulk link. The asker asks for no more, so its requests are the credit.</summary>
public sealed record FetchWindow
{
    /// <summary>Bytes asked for and not yet received: enough for 10 ms at 10 Gbit/s and for 100 ms at 1 Gbit/s.</summary>
    public long Bytes { get; init; } = 16 << 20;

    /// <summary>
    /// Of pieces, which other links could bring as well, no more is asked for than a link brings in this time, or in twice
    /// its delay.
    /// </summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>So many bytes of pieces are asked for however slow a link is: while one comes, the next is on its way.</summary>
    public long LeastBytes { get; init; } = 2 * PieceLayer.PieceSize;

    /// <summary>Ranges asked for and not yet answered; bounds what small files cost.</summary>
    public int Ranges { get; init; } = 4096;

    /// <summary>The longest range; larger files travel as several. Whole pieces, where a file is fetched by pieces.</summary>
    public int RangeBytes { get; init; } = 4 << 20;

    /// <summary>Files from this size on are fetched by pieces, each checked by itself and from any holder.</summary>
    public long LargeFrom { get; init; } = PieceLayer.LargeFrom;

    /// <summary>So many large files are fetched at a time, so that each is soon done.</summary>
    public int LargeFiles { get; init; } = 2;

    /// <summary>So many pieces of a file are asked of a second holder at a time, where the first one is late with them.</summary>
    public int LastPieces { get; init; } = 4;
}
