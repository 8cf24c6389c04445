using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>
/// Finds the pieces of a file that lie on the disk already. Nothing is believed but the hash: neither sizes nor notes of
/// an earlier run say what a crash left whole.
/// </summary>
internal static class PieceRecall
{
    /// <summary>Reads what an earlier attempt left and what the last version has, and brings the latter over.</summary>
    /// <returns>The pieces that are in their places.</returns>
    public static List<int> Find(IncomingCopy copy, ReadOnlySpan<byte> layer, SafeFileHandle? before, CancellationToken stop)
    {
        List<int> found = [];
        var buffer = ArrayPool<byte>.Shared.Rent(PieceLayer.PieceSize);
        try
        {
            for (var piece = 0; piece < PieceLayer.CountOf(copy.Entry.Size); piece++)
            {
                stop.ThrowIfCancellationRequested();
                var offset = (long)piece * PieceLayer.PieceSize;
                var bytes = buffer.AsSpan(0, (int)Math.Min(PieceLayer.PieceSize, copy.Entry.Size - offset));
                var hash = PieceLayer.HashAt(layer, piece);
                if (copy.IsResumed && copy.Read(offset, bytes) == bytes.Length && Has(bytes, hash))
                {
                    found.Add(piece);
                }
                else if (before is not null && Read(before, offset, bytes) == bytes.Length && Has(bytes, hash))
                {
                    Bring(copy, offset, bytes);
                    found.Add(piece);
                }
            }

            return found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the bytes of a piece are those that the layer of a file of several pieces names.</summary>
    private static bool Has(ReadOnlySpan<byte> bytes, ContentRoot hash) => PieceLayer.Lift(ContentHasher.Of(bytes), bytes.Length) == hash;

    private static void Bring(IncomingCopy copy, long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExcept((byte)0))
            copy.Write(offset, bytes);
        else
            copy.WriteZeros(offset, bytes.Length);
    }

    private static int Read(SafeFileHandle file, long offset, Span<byte> into)
    {
        var done = 0;
        while (done < into.Length && RandomAccess.Read(file, into[done..], offset + done) is > 0 and var read)
            done += read;
        return done;
    }
}
