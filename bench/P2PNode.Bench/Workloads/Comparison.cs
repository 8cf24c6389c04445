using Microsoft.Win32.SafeHandles;

namespace P2PNode.Bench.Workloads;

/// <summary>Compares what was collected with what was offered, byte for byte.</summary>
internal static class Comparison
{
    private const int Piece = 1 << 20;

    /// <summary>The first difference as a sentence, or null where there is none.</summary>
    /// <param name="offered">All its files must be in the other folder.</param>
    /// <param name="collected">May hold more.</param>
    public static string? FindDifference(string offered, string collected)
    {
        string? difference = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        var files = Directory.EnumerateFiles(offered, "*", SearchOption.AllDirectories);
        Parallel.ForEach(files, parallel, () => new Buffers(), (file, loop, _, buffers) =>
        {
            var path = Path.GetRelativePath(offered, file);
            if (AreSame(file, Path.Combine(collected, path), buffers))
                return buffers;
            Interlocked.CompareExchange(ref difference, $"{path} differs or is missing.", null);
            loop.Stop();
            return buffers;
        }, _ => { });
        return difference;
    }

    private static bool AreSame(string left, string right, Buffers buffers)
    {
        if (!File.Exists(right))
            return false;
        using var one = File.OpenHandle(left);
        using var other = File.OpenHandle(right);
        var length = RandomAccess.GetLength(one);
        if (RandomAccess.GetLength(other) != length)
            return false;
        for (var at = 0L; at < length;)
        {
            var piece = (int)Math.Min(Piece, length - at);
            if (!Read(one, buffers.Left, piece, at).SequenceEqual(Read(other, buffers.Right, piece, at)))
                return false;
            at += piece;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Read(SafeFileHandle file, byte[] buffer, int count, long at)
    {
        var read = 0;
        while (read < count && RandomAccess.Read(file, buffer.AsSpan(read, count - read), at + read) is > 0 and var more)
            read += more;
        return buffer.AsSpan(0, read);
    }

    private sealed class Buffers
    {
        public byte[] Left { get; } = new byte[Piece];

        public byte[] Right { get; } = new byte[Piece];
    }
}
