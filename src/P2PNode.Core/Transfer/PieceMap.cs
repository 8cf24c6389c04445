using System.Collections;

namespace P2PNode.Core.Transfer;

/// <summary>
/// Which pieces of a large file are here and verified, and of whom the others are asked: each of one holder, a few late
/// ones of two. Not thread-safe.
/// </summary>
public sealed class PieceMap
{
    private readonly BitArray _verified;
    private readonly Dictionary<int, (NodeId First, NodeId? Second)> _asked = [];
    private int _searchFrom;

    internal PieceMap(long size, IEnumerable<int> verified)
    {
        _verified = new BitArray(checked((int)PieceLayer.CountOf(size)));
        Size = size;
        Left = _verified.Length;
        foreach (var piece in verified)
            Verify(piece);
    }

    public int Count => _verified.Length;

    /// <summary>How many pieces are not verified yet.</summary>
    public int Left { get; private set; }

    private long Size { get; }

    /// <summary>How many pieces two holders were asked for.</summary>
    internal int Doubled => _asked.Values.Count(asked => asked.Second is not null);

    /// <summary>How many pieces are neither here nor asked for.</summary>
    internal int Free => Left - _asked.Count;

    public bool IsVerified(int piece) => _verified[piece];

    /// <summary>Bytes of a stretch of pieces.</summary>
    internal int LengthOf(int first, int count) =>
        (int)(Math.Min((long)(first + count) * PieceLayer.PieceSize, Size) - (long)first * PieceLayer.PieceSize);

    /// <summary>Takes the next stretch that nobody was asked for; a count of 0 where there is none.</summary>
    internal (int First, int Count) TakeFree(NodeId holder, int most)
    {
        while (_searchFrom < Count && !IsFree(_searchFrom))
            _searchFrom++;
        var first = _searchFrom;
        while (_searchFrom < Count && _searchFrom - first < most && IsFree(_searchFrom))
            _asked.Add(_searchFrom++, (holder, null));
        return (first, _searchFrom - first);
    }

    /// <summary>Whether this holder was asked for a piece, and no other.</summary>
    internal bool IsAskedOnceOf(NodeId holder, int piece) => _asked.TryGetValue(piece, out var asked) && asked == (holder, null);

    /// <summary>Notes that a second holder is asked for a piece.</summary>
    internal void TakeSecond(int piece, NodeId holder) => _asked[piece] = (_asked[piece].First, holder);

    /// <summary>Notes that a piece is here. False when it was already.</summary>
    internal bool Verify(int piece)
    {
        if (_verified[piece])
            return false;
        _verified[piece] = true;
        _asked.Remove(piece);
        Left--;
        return true;
    }

    /// <summary>A holder will not give this piece after all.</summary>
    internal void Release(int piece, NodeId holder)
    {
        if (!_asked.TryGetValue(piece, out var asked))
            return;
        if (asked.Second is { } second && (asked.First == holder || second == holder))
        {
            _asked[piece] = (asked.First == holder ? second : asked.First, null);
        }
        else if (asked.First == holder)
        {
            _asked.Remove(piece);
            _searchFrom = Math.Min(_searchFrom, piece);
        }
    }

    private bool IsFree(int piece) => !_verified[piece] && !_asked.ContainsKey(piece);
}
