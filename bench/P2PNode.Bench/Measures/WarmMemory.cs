namespace P2PNode.Bench.Measures;

/// <summary>
/// Makes the system hold as much memory ready as a run will fill. Where a virtual machine gives free memory back to its
/// host, the first to use it again pays up to 2 CPU seconds a GiB: more than most of what is measured here.
/// </summary>
internal static class WarmMemory
{
    private static readonly byte[] Piece = new byte[4 << 20];

    /// <param name="folder">Where the run takes place.</param>
    /// <param name="bytes">How much it will write there.</param>
    /// <param name="stop">Ends it half-way.</param>
    public static void Fill(string folder, long bytes, CancellationToken stop)
    {
        var path = Path.Combine(folder, "memory");
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            for (var at = 0L; at < bytes; at += Piece.Length)
            {
                stop.ThrowIfCancellationRequested();
                RandomAccess.Write(file, Piece, at);
            }
        }

        File.Delete(path);
    }
}
