using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>Hashes the pieces of one large file on all cores: each is a subtree of its own, the next one for whoever is free.</summary>
internal static class PieceHashing
{
    /// <summary>Below, one thread is done before others have woken up.</summary>
    public const long WorthwhileFrom = 64 * PieceLayer.PieceSize;

    private const int BufferSize = 256 * 1024;

    /// <summary>Fills the piece layer of a file; false where the file has fewer bytes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> fired.</exception>
    public static bool TryFill(byte[] layer, SafeFileHandle file, long size, CancellationToken stop)
    {
        var (next, isShort) = (-1L, false);
        var pieces = PieceLayer.CountOf(size);
        try
        {
            Parallel.For(0, Environment.ProcessorCount, _ => Work());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return !Volatile.Read(ref isShort);

        void Work()
        {
            var hasher = new ContentHasher();
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (long piece; (piece = Interlocked.Increment(ref next)) < pieces && !Volatile.Read(ref isShort);)
                {
                    if (Hash(file, piece * PieceLayer.PieceSize, size, hasher, buffer, stop) is { } hash)
                        hash.CopyTo(layer.AsSpan((int)piece * ContentRoot.Size));
                    else
                        Volatile.Write(ref isShort, true);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static ContentRoot? Hash(
        SafeFileHandle file, long start, long size, ContentHasher hasher, byte[] buffer, CancellationToken stop)
    {
        var end = Math.Min(start + PieceLayer.PieceSize, size);
        for (var offset = start; offset < end;)
        {
            stop.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(BufferSize, end - offset)), offset);
            if (read == 0)
                return null;
            hasher.Append(buffer.AsSpan(0, read));
            offset += read;
        }

        return PieceLayer.Lift(hasher.Finish(), (int)(end - start));
    }
}
