using System.Runtime.InteropServices;
using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// Keeps the first hits of an order and counts the others: when many more than are wanted have come, the first of them are
/// selected and the others let go, and whatever comes behind the last that stayed is not even kept. Not thread-safe.
/// </summary>
public sealed class FirstHits
{
    /// <summary>Few wanted hits are not worth selecting as soon as there are twice as many.</summary>
    private const int Slack = 1024;

    private readonly HitOrder _order;
    private readonly int _limit;
    private readonly List<FileHit> _hits = [];
    private readonly bool _reverse;

    /// <summary>The last hit that may stay, once there are more than are wanted.</summary>
    private FileHit _last;
    private long _lastKey;
    private bool _isFull;

    /// <summary>The name of the last hit, folded, where names are compared and it is ASCII.</summary>
    private byte[] _lastName = [];

    /// <summary>
    /// A key of which a hit on an earlier page of this owner came behind the last one, so that all that follow with the
    /// same key do; and such a key of the present page, in which paths may go the other way.
    /// </summary>
    private long? _keyBehind;
    private long? _keyBehindHere;

    internal FirstHits(FileQuery query) =>
        (_order, _limit, _reverse) = (new HitOrder(query.Order, query.Reverse), query.Limit, query.Reverse);

    /// <summary>How many hits came.</summary>
    public int Found { get; private set; }

    /// <summary>The first hits in order. Where many are wanted, this is what takes the time.</summary>
    public IReadOnlyList<FileHit> Sorted()
    {
        Cut();
        if (!_order.IsOfCatalogue)
            _hits.Sort(_order);
        return _hits;
    }

    /// <summary>What comes now is of another owner.</summary>
    internal void BeginOwner() => (_keyBehind, _keyBehindHere) = (null, null);

    /// <summary>What comes now is on the next page: its paths come behind those before, as the order goes.</summary>
    internal void BeginPage() => _keyBehind = _keyBehindHere;

    /// <param name="hit">A file that is meant.</param>
    /// <param name="path">Its path as <see cref="PathText"/> has it; empty if nobody has looked there.</param>
    internal void Add(in FileHit hit, ReadOnlySpan<byte> path)
    {
        Found++;
        if (_isFull && IsBehind(hit, path))
            return;
        _hits.Add(hit);
        if (_hits.Count >= 2L * _limit + Slack)
            Cut();
    }

    private void Cut()
    {
        if (_hits.Count <= _limit)
            return;
        if (!_order.IsOfCatalogue)
            Selection.Select(CollectionsMarshal.AsSpan(_hits), _limit - 1, _order);
        _hits.RemoveRange(_limit, _hits.Count - _limit);
        (_last, _isFull) = (_hits[^1], true);
        _lastKey = _order.KeyOf(_last.Entry);
        if (!_order.TiesGoByPath && Ascii.IsValid(_last.Entry.Path.Name))
            _lastName = PathText.Fold(_last.Entry.Path.Name);
    }

    private bool IsBehind(in FileHit hit, ReadOnlySpan<byte> path)
    {
        if (_order.IsOfCatalogue)
            return true;
        if (!_order.TiesGoByPath)
            return IsBehindByName(path) || _order.Compare(hit, _last) > 0;
        var key = _order.KeyOf(hit.Entry);
        if (key != _lastKey)
            return key > _lastKey;
        if (key == _keyBehind)
            return true;
        if (_order.Compare(hit, _last) < 0)
            return false;
        _keyBehindHere = key;
        return true;
    }

    /// <summary>Whether the folded path alone says that the hit comes behind the last: where all hit, few are looked at.</summary>
    private bool IsBehindByName(ReadOnlySpan<byte> path)
    {
        if (_lastName.Length == 0 || path.IsEmpty)
            return false;
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var order = name.SequenceCompareTo(_lastName);
        return (_reverse ? order < 0 : order > 0) && Ascii.IsValid(name);
    }
}
