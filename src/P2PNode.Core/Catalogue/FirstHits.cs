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
    private FileHit? _last;

    internal FirstHits(FileQuery query) => (_order, _limit) = (new HitOrder(query.Order, query.Reverse), query.Limit);

    /// <summary>How many hits came.</summary>
    public int Found { get; private set; }

    /// <summary>The first hits in order. Where many are wanted, this is what takes the time.</summary>
    public IReadOnlyList<FileHit> Sorted()
    {
        Cut();
        return _hits;
    }

    internal void Add(FileHit hit)
    {
        Found++;
        if (_last is { } last && _order.Compare(hit, last) > 0)
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
    }
}
