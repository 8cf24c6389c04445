using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>Hashes what an open file holds, and has its piece layer afterwards. One instance for each thread.</summary>
internal sealed class ContentReader
{
    /// <summary>Large enough that the calls cost nothing beside the hashing, small enough for the processor's cache.</summary>
    private const int BufferSize = 256 * 1024;

    private readonly ContentHasher _hasher;
    private byte[] _layer = [];
    private int _layerLength;

    public ContentReader() => _hasher = new ContentHasher(AddPiece);

    /// <summary>The piece layer of the file that was read last, if it was asked for; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Layer => _layer.AsSpan(0, _layerLength);

    /// <summary>The root of the first <paramref name="size"/> bytes; null where there are fewer.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ContentRoot? Read(SafeFileHandle file, long size, bool withLayer, CancellationToken stop)
    {
        var layerBytes = withLayer ? PieceLayer.BytesOf(size) : 0;
        if (_layer.Length < layerBytes || _layer.Length > 2 * layerBytes)
            _layer = layerBytes == 0 ? [] : new byte[layerBytes];
        _layerLength = 0;
        if (withLayer && size >= PieceHashing.WorthwhileFrom)
            return ReadPieces(file, size, stop);

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(size, 1)));
        try
        {
            return ReadAll(file, size, buffer, stop);
        }
        finally
        {
            _hasher.Finish(); // What an earlier end left in it.
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ContentRoot? ReadPieces(SafeFileHandle file, long size, CancellationToken stop)
    {
        if (!PieceHashing.TryFill(_layer, file, size, stop))
            return null;
        _layerLength = (int)PieceLayer.BytesOf(size);
        return PieceLayer.Root(Layer, size);
    }

    private ContentRoot? ReadAll(SafeFileHandle file, long size, byte[] buffer, CancellationToken stop)
    {
        var offset = 0L;
        while (offset < size)
        {
            stop.ThrowIfCancellationRequested();
            var wanted = (int)Math.Min(buffer.Length, size - offset);
            var read = RandomAccess.Read(file, buffer.AsSpan(0, wanted), offset);
            if (read == 0)
                return null;
            offset += read;
            if (offset == size && size <= ContentHasher.LeafSize && _layer.Length == 0)
                return ContentHasher.Of(buffer.AsSpan(0, read));
            _hasher.Append(buffer.AsSpan(0, read));
        }

        return _hasher.Finish();
    }

    private void AddPiece(ContentRoot hash)
    {
        if (_layerLength >= _layer.Length)
            return;
        hash.CopyTo(_layer.AsSpan(_layerLength));
        _layerLength += ContentRoot.Size;
    }
}
