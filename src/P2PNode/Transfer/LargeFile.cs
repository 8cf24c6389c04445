using System.Collections;
using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>
/// A large file that comes in pieces, over any number of links, and is checked piece by piece. What is verified is never
/// written again, whoever sends it once more. Thread-safe.
/// </summary>
internal sealed class LargeFile(IncomingCopy copy, ReadOnlyMemory<byte> layer)
{
    private readonly Lock _gate = new();
    private readonly BitArray _verified = new((int)PieceLayer.CountOf(copy.Entry.Size));
    private bool _isClosed;

    public IncomingCopy Copy => copy;

    /// <summary>The hashes of the pieces, checked against the root.</summary>
    public ReadOnlyMemory<byte> Layer => layer;

    /// <summary>Notes the pieces that lay here before.</summary>
    public void Have(IEnumerable<int> pieces)
    {
        lock (_gate)
        {
            foreach (var piece in pieces)
                _verified[piece] = true;
        }
    }

    /// <summary>Writes a part of a piece that is not checked yet.</summary>
    /// <exception cref="CopyException">The disk is full or failed.</exception>
    public void Write(int piece, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (!_isClosed && !_verified[piece])
                copy.Write(offset, bytes);
        }
    }

    /// <summary>As <see cref="Write"/>, of zeros.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public void WriteZeros(int piece, long offset, int length)
    {
        lock (_gate)
        {
            if (!_isClosed && !_verified[piece])
                copy.WriteZeros(offset, length);
        }
    }

    /// <summary>Whether the bytes of a piece, which were written, are the ones: then they are not touched any more.</summary>
    public bool Verify(int piece, ContentRoot root, int length)
    {
        if (PieceLayer.Lift(root, length) != PieceLayer.HashAt(layer.Span, piece))
            return false;
        lock (_gate)
            _verified[piece] = true;
        return true;
    }

    /// <summary>Writes a whole piece that another link may be writing too, if its bytes are the ones.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public bool Put(int piece, ReadOnlySpan<byte> bytes)
    {
        if (PieceLayer.Lift(ContentHasher.Of(bytes), bytes.Length) != PieceLayer.HashAt(layer.Span, piece))
            return false;
        lock (_gate)
        {
            if (!_isClosed && !_verified[piece])
                copy.Write((long)piece * PieceLayer.PieceSize, bytes);
            _verified[piece] = true;
        }

        return true;
    }

    /// <summary>Takes no more. What came stays for the next attempt, unless it is whole or discarded.</summary>
    public void Close(bool discard)
    {
        lock (_gate)
        {
            _isClosed = true;
            if (discard)
                copy.Discard();
            else
                copy.Dispose();
        }
    }
}
