using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// Keeps the first hits of an order and counts the others: when twice as many as are wanted have come, they are sorted
/// and the second half is let go, and whatever comes behind the last that stayed is not even kept. Not thread-safe.
/// </summary>
public sealed class FirstHits
{
    /// <summary>Few wanted hits are not worth sorting as soon as there are twice as many.</summary>
    private const int Slack = 1024;

    private readonly HitOrder _order;
    private readonly int _limit;
    private readonly List<FileHit> _hits = [];
    private readonly bool _comparesNames;
    private readonly bool _reverse;
    private FileHit? _last;

    /// <summary>The name of the last hit, folded, where names are compared and it is ASCII.</summary>
    private byte[] _lastName = [];

    internal FirstHits(FileQuery query)
    {
        (_order, _limit, _reverse) = (new HitOrder(query.Order, query.Reverse), query.Limit, query.Reverse);
        _comparesNames = query.Order is FileOrder.Name;
    }

    /// <summary>How many hits came.</summary>
    public int Found { get; private set; }

    /// <summary>The first hits in order. Where many are wanted, this is what takes the time.</summary>
    public IReadOnlyList<FileHit> Sorted()
    {
        Cut();
        return _hits;
    }

    /// <param name="hit">A file that is meant.</param>
    /// <param name="path">Its path as <see cref="PathText"/> has it; empty if nobody has looked there.</param>
    internal void Add(FileHit hit, ReadOnlySpan<byte> path)
    {
        Found++;
        if (_last is { } last && (IsBehindByName(path) || _order.Compare(hit, last) > 0))
            return;
        _hits.Add(hit);
        if (_hits.Count >= 2L * _limit + Slack)
            Cut();
    }

    private void Cut()
    {
        if (!_order.IsOfCatalogue)
            _hits.Sort(_order);
        if (_hits.Count <= _limit)
            return;
        _hits.RemoveRange(_limit, _hits.Count - _limit);
        _last = _hits[^1];
        if (_comparesNames && Ascii.IsValid(_hits[^1].Entry.Path.Name))
            _lastName = PathText.Fold(_hits[^1].Entry.Path.Name);
    }

    /// <summary>Whether the folded path alone says that the hit comes behind the last: where all hit, few are looked at.</summary>
    private bool IsBehindByName(ReadOnlySpan<byte> path)
    {
        if (_order.IsOfCatalogue)
            return true;
        if (_lastName.Length == 0 || path.IsEmpty)
            return false;
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var order = name.SequenceCompareTo(_lastName);
        return (_reverse ? order < 0 : order > 0) && Ascii.IsValid(name);
    }
}
