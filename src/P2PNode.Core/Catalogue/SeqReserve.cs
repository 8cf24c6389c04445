namespace P2PNode.Core.Catalogue;

/// <summary>
/// The numbers that an owner may give to changes before it must write to disk again. Whoever gives a number first makes
/// durable that it may have been given; after a crash numbering goes on above the reserve, so no number is ever used for
/// two changes (Syncthing used numbers twice, and its peers missed updates without a word: syncthing#6335).
/// </summary>
/// <param name="UpTo">The highest number that may be given.</param>
public readonly record struct SeqReserve(long UpTo)
{
    /// <summary>How far ahead a new reserve reaches.</summary>
    public const long Step = 4096;

    /// <summary>Whether this number may be given now. If not, write <see cref="ExtendedTo"/> durably first.</summary>
    public bool Covers(long seq) => seq <= UpTo;

    /// <summary>The last number that may be in use, by what a disk says at a start: after a crash, all that were reserved.</summary>
    /// <param name="highest">The highest number that is written down.</param>
    /// <param name="closed">Whether the program ended in order, which it writes down with the last number that it gave.</param>
    public long LastUsed(long highest, bool closed) => closed ? highest : Math.Max(highest, UpTo);

    /// <summary>The reserve to write so that this number, and the <see cref="Step"/> after it, may be given.</summary>
    /// <exception cref="OverflowException">The numbers are used up.</exception>
    public SeqReserve ExtendedTo(long seq) => Covers(seq) ? this : new SeqReserve(checked(seq + Step));
}
