using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;

namespace P2PNode.Tests.Transfer;

/// <summary>One large file that a plan fetches in virtual time, over links of given speeds.</summary>
internal sealed class VirtualSources
{
    private const int Parcel = 1 << 20;

    private readonly FetchPlan _plan = new(new FetchWindow());
    private readonly PriorityQueue<Action, (TimeSpan, int)> _events = new();
    private readonly FetchItem _item;
    private TimeSpan _now;
    private TimeSpan? _done;
    private int _order;

    public VirtualSources(long size) =>
        _item = _plan.Add(new FileEntry { Path = FilePath.Parse("large"), Kind = EntryKind.File, Size = size, Seq = 1 });

    /// <summary>Bytes that travelled, whether they were of use or not.</summary>
    public long Sent { get; private set; }

    /// <summary>Adds a link; the first one brings the layer.</summary>
    /// <param name="holder">Who is at its other end.</param>
    /// <param name="mibPerSecond">What it carries.</param>
    /// <param name="opens">When it stands.</param>
    /// <param name="delay">The way there, and the same back.</param>
    /// <param name="stalls">From when on it carries nothing; never where it is null.</param>
    public VirtualSources Add(int holder, double mibPerSecond, TimeSpan opens = default, TimeSpan? delay = null, TimeSpan? stalls = null)
    {
        At(opens, () => new Source(this, holder, mibPerSecond * (1 << 20), delay ?? TimeSpan.FromMilliseconds(1), stalls ?? TimeSpan.MaxValue).Ask());
        return this;
    }

    /// <summary>Fetches the file, and lets all that was asked for travel.</summary>
    /// <returns>After how long the file was whole.</returns>
    public TimeSpan Fetch()
    {
        while (_events.TryDequeue(out var happen, out var at) && at.Item1 < TimeSpan.FromMinutes(10))
        {
            _now = at.Item1;
            happen();
        }

        return _done ?? throw new InvalidOperationException($"{_item.Pieces?.Left} pieces never came.");
    }

    private void At(TimeSpan time, Action happen) => _events.Enqueue(happen, (time, _order++));

    private void Take(FetchRange range)
    {
        if (range.Kind is RangeKind.Layer)
        {
            _item.Begin([]);
            return;
        }

        foreach (var piece in range.Pieces.Where(piece => !_item.Pieces!.IsVerified(piece)))
        {
            if (_plan.Verified(_item, piece))
                (_done, _) = (_now, _plan.Finished(_item));
        }
    }

    private sealed class Source(VirtualSources all, int holder, double bytesPerSecond, TimeSpan delay, TimeSpan stalls)
    {
        private readonly FetchLane _lane = all._plan.Open(new NodeId(holder));

        /// <summary>Until when the holder sends what it was asked for.</summary>
        private TimeSpan _busyUntil;
        private bool _isWaiting;

        public void Ask()
        {
            while (all._done is null && all._plan.Next(_lane, all._now) is { } range)
                Send(range);
            if (all._done is not null || _lane.IsUnderWay || _isWaiting)
                return;
            _isWaiting = true;
            var due = all._plan.DueFor(_lane, all._now) ?? all._now + TimeSpan.FromMilliseconds(10);
            all.At(due, () =>
            {
                _isWaiting = false;
                Ask();
            });
        }

        private void Send(FetchRange range)
        {
            for (var at = 0; at < range.Length; at += Parcel)
            {
                var length = Math.Min(Parcel, range.Length - at);
                var begins = _busyUntil > all._now + delay ? _busyUntil : all._now + delay;
                _busyUntil = begins + TimeSpan.FromSeconds(length / bytesPerSecond);
                if (_busyUntil > stalls)
                    return;
                all.Sent += length;
                var isLast = at + length == range.Length;
                all.At(_busyUntil + delay, () => Take(range, length, isLast));
            }
        }

        private void Take(FetchRange range, int length, bool isLast)
        {
            _lane.Came(length, all._now);
            if (isLast)
            {
                all.Take(range);
                _lane.Answered(range);
            }

            Ask();
        }
    }
}
