using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;

namespace P2PNode.Tests.Transfer;

/// <summary>
/// Random additions, answers, failures, bad pieces and losses of links against a plan. Node 2 has every file; the others
/// lack some.
/// </summary>
internal sealed class FetchPlanRun(int seed)
{
    private const int Troubled = 400;
    private const int Piece = PieceLayer.PieceSize;

    private static readonly NodeId Owner = new(2);

    private readonly FetchWindow _window = new() { Bytes = 4 * Piece, Ranges = 6, RangeBytes = 2 * Piece, LargeFrom = 3 * Piece, LastPieces = 2 };
    private readonly Random _random = new(seed);
    private readonly Dictionary<FetchLane, Queue<FetchRange>> _lanes = [];

    /// <summary>How much of a file or a layer came over which link.</summary>
    private readonly Dictionary<(FetchLane, FetchItem), long> _streams = [];
    private readonly HashSet<FetchItem> _begun = [];
    private FetchPlan _plan = null!;
    private TimeSpan _now;

    private string State => string.Join("; ", [
        $"{_plan.Files} files, due {_plan.NextDue} at {_now}",
        .. _plan.Begun.Select(item => $"{item.Entry.Path} has {item.Pieces?.Left} of {item.Pieces?.Count} left"),
        .. _lanes.Select(lane => $"link to {lane.Key.Holder} with {lane.Value.Count} ranges"),
        $"needs a link for {_plan.NeedsLane(_now, 3)?.Entry.Path}"]);

    private bool IsTroubled { get; set; } = true;

    public void Drive()
    {
        _plan = new FetchPlan(_window);
        for (var step = 0; IsTroubled || _plan.Files > 0; step++)
        {
            IsTroubled = step < Troubled;
            Assert.True(step < 50_000, $"Seed {seed}: the plan never ends: {State}.");
            Step();
            _now += TimeSpan.FromMilliseconds(_random.Next(500));
        }

        Assert.Equal(0, _plan.Bytes);
        Assert.Empty(_plan.Begun);
    }

    private void Step()
    {
        var dice = IsTroubled ? _random.Next(20) : 6 + _random.Next(14);
        if (dice < 3)
            _plan.Add(new FileEntry { Path = FilePath.Parse($"f{_random.Next(8)}"), Kind = EntryKind.File, Size = Size(), Seq = 1 });
        else if (dice == 3)
            _plan.Remove(FilePath.Parse($"f{_random.Next(8)}"));
        else if (dice == 4 && _lanes.Count > 0)
            Close(_lanes.Keys.ElementAt(_random.Next(_lanes.Count)));
        else if (dice < 8)
            Connect();
        else if (_lanes.Count > 0)
            Work(_lanes.Keys.ElementAt(_random.Next(_lanes.Count)), asks: dice < 14);
    }

    private long Size() => _random.Next(3) == 0 ? _random.NextInt64(10L * Piece) : _random.Next(2 * Piece);

    private void Connect()
    {
        if (_plan.NeedsLane(_now, mostLanes: 3) is not { } item)
            return;
        NodeId[] holders = [.. new[] { Owner, new NodeId(3), new NodeId(4) }.Where(id => !item.IsLackedBy(id))];
        if (holders.Length == 0)
            _plan.Failed(item, "nobody has it", _now);
        else
            _lanes.Add(_plan.Open(holders[_random.Next(holders.Length)]), new());
    }

    private void Work(FetchLane lane, bool asks)
    {
        var waiting = _lanes[lane];
        if (asks && _plan.Next(lane, _now) is { } next)
            waiting.Enqueue(next);
        Assert.True(
            waiting.Count <= _window.Ranges && waiting.Sum(range => range.Length) <= _window.Bytes + _window.RangeBytes,
            $"Seed {seed}: the window is exceeded.");
        if (!asks && waiting.TryDequeue(out var range))
            Answer(lane, range);
    }

    private void Answer(FetchLane lane, FetchRange range)
    {
        Assert.Same(range, lane.Find(range.Tag));
        var item = range.Item;
        if (!item.IsDropped && !item.IsLackedBy(lane.Holder))
        {
            if (lane.Holder != Owner && _random.Next(10) == 0)
                _plan.Lacks(lane, item, "lacking");
            else if (IsTroubled && _random.Next(30) == 0)
                _plan.Failed(item, "bad luck", _now);
            else
                Take(lane, range);
        }

        lane.Answered(range);
    }

    private void Take(FetchLane lane, FetchRange range)
    {
        var item = range.Item;
        if (range.Kind is RangeKind.Pieces)
        {
            foreach (var piece in range.Pieces.Where(_ => !IsTroubled || _random.Next(5) > 0))
            {
                if (!item.Pieces!.IsVerified(piece) && _plan.Verified(item, piece))
                    Assert.True(_plan.Finished(item), $"Seed {seed}: a whole file was not wanted.");
            }

            return;
        }

        // Each range must begin where the one before it ended.
        Assert.Equal(range.IsFirst ? 0 : _streams.GetValueOrDefault((lane, item)), range.Offset);
        _streams[(lane, item)] = range.Offset + range.Length;
        if (!range.IsLast)
            return;
        if (range.Kind is RangeKind.Stream)
        {
            Assert.True(_plan.Finished(item), $"Seed {seed}: a whole file was not wanted.");
            return;
        }

        Assert.True(_begun.Add(item), $"Seed {seed}: a layer came twice.");
        item.Begin(Enumerable.Range(0, (int)PieceLayer.CountOf(item.Entry.Size)).Where(_ => _random.Next(4) == 0));
        if (_plan.IsWhole(item))
            Assert.True(_plan.Finished(item));
    }

    private void Close(FetchLane lane)
    {
        _plan.Close(lane);
        _lanes.Remove(lane);
    }
}
