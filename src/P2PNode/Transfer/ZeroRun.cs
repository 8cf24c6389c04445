namespace P2PNode.Transfer;

/// <summary>Finds runs of zero bytes that are worth a piece of their own.</summary>
internal static class ZeroRun
{
    /// <summary>Runs are cut at multiples of this within the file; shorter ones, and smaller files, travel as they are.</summary>
    public const int Unit = 64 * 1024;

    /// <summary>The first run in a part of a file: whole units, and at the end of the part what is left of one.</summary>
    /// <param name="part">What was read.</param>
    /// <param name="offset">Where in the file it lies.</param>
    /// <returns>Where in the part the run begins, and its length; the end of the part and 0 where there is none.</returns>
    public static (int Start, int Length) First(ReadOnlySpan<byte> part, long offset)
    {
        var start = (int)(AlignUp(offset) - offset);
        while (start + Unit <= part.Length && !IsZero(part.Slice(start, Unit)))
            start += Unit;
        if (start + Unit > part.Length)
            return (part.Length, 0);

        var end = start + Unit;
        while (end < part.Length && IsZero(part.Slice(end, Math.Min(Unit, part.Length - end))))
            end = Math.Min(end + Unit, part.Length);
        return (start, end - start);
    }

    public static long AlignUp(long offset) => AlignDown(offset + Unit - 1);

    public static long AlignDown(long offset) => offset / Unit * Unit;

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
