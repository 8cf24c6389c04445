using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>The links: when one is opened and to whom, and the loop of each.</summary>
internal sealed partial class Download
{
    /// <summary>Sees to it that there is a link for whatever can be fetched.</summary>
    private async Task ConnectAsync(CancellationToken stop)
    {
        while (true)
        {
            var beat = _changed.Next;
            var (item, wait) = NeedsLane();
            if (item is null)
                await Pulse.WaitAsync(beat, wait, _clock, stop);
            else
                await ConnectForAsync(item, beat, stop);
        }
    }

    private async Task ConnectForAsync(FetchItem item, Task beat, CancellationToken stop)
    {
        var (holder, isExtra) = Choose(item, _user.HoldersOf(item.Entry));
        if (holder is { } chosen)
        {
            await PauseAsync(chosen, stop);
            if (await _user.ConnectAsync(chosen, stop) is { } client)
            {
                Open(chosen, client);
                return;
            }

            lock (_gate)
                _unreached[chosen] = Now;
            if (!isExtra && item.Lack is { } said)
                Fail(item, said); // Who was reached has another version; perhaps it has this one the next time.
            else if (!isExtra)
                await WaitForHolderAsync(stop);
        }
        else if (isExtra)
        {
            await Pulse.WaitAsync(beat, RedialExtraAfter, _clock, stop);
        }
        else if (item.Lack is { } lack)
        {
            Fail(item, lack);
        }
        else
        {
            await WaitForHolderAsync(stop);
        }
    }

    private (FetchItem? Item, TimeSpan Wait) NeedsLane()
    {
        lock (_gate)
        {
            var item = _plan.NeedsLane(Now, MostLanes);
            if (item is null)
                _away = null;
            return (item, _plan.NextDue is { } due && due - Now < LongestWait ? due - Now : LongestWait);
        }
    }

    /// <summary>
    /// The holder with the fewest links, one that was not reached just now last; null where none has the file, or each
    /// has links enough.
    /// </summary>
    private (NodeId? Holder, bool IsExtra) Choose(FetchItem item, IReadOnlyList<NodeId> holders)
    {
        lock (_gate)
        {
            var lanes = _plan.Lanes.Where(lane => !item.IsLackedBy(lane.Holder)).CountBy(lane => lane.Holder).ToDictionary();
            var isExtra = lanes.Count > 0;
            var free = holders.Where(id => !item.IsLackedBy(id) && lanes.GetValueOrDefault(id) < MostLanesOfOneHolder && !(isExtra && IsUnreached(id)));
            var best = free.OrderBy(id => (IsUnreached(id), lanes.GetValueOrDefault(id)));
            return (best.Cast<NodeId?>().FirstOrDefault(), isExtra);
        }
    }

    /// <summary>A holder that was left or not reached just now is given a moment.</summary>
    private async Task PauseAsync(NodeId holder, CancellationToken stop)
    {
        TimeSpan since;
        lock (_gate)
            since = _unreached.TryGetValue(holder, out var at) ? Now - at : TimeSpan.MaxValue;
        if (since < RedialAfter)
            await Task.Delay(RedialAfter - since, _clock, stop);
    }

    private bool IsUnreached(NodeId holder) => _unreached.TryGetValue(holder, out var at) && Now - at < RedialExtraAfter;

    private async Task WaitForHolderAsync(CancellationToken stop)
    {
        lock (_gate)
            _away = $"node {Owner} is not reached, and nobody else is known to have a copy";
        await Task.Delay(RedialAfter, _clock, stop);
    }

    private void Open(NodeId holder, BulkClient client)
    {
        FetchLane lane;
        lock (_gate)
        {
            lane = _plan.Open(holder);
            _away = null;
        }

        _ = _tasks.Start(stop => RunLaneAsync(lane, client, stop));
    }

    private async Task RunLaneAsync(FetchLane lane, BulkClient client, CancellationToken stop)
    {
        await using var closing = client;
        await using var cut = stop.Register(client.Abort);
        using var receiver = new Receiver(lane, this, _store);
        try
        {
            while (await AskAsync(lane, client, stop))
            {
                using var parcel = await client.TakeAsync();
                receiver.Take(parcel);
            }
        }
        catch (PeerException e)
        {
            lock (_gate)
                _unreached[lane.Holder] = Now;
            _user.LinkLost(lane.Holder, e);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _user.LinkLost(lane.Holder, new PeerException(PeerFault.Lost, "it was cut"));
        }
        finally
        {
            lock (_gate)
                _plan.Close(lane);
            _changed.Beat();
            _commits.Review();
        }
    }

    /// <summary>Asks for what there is room for, and waits until something is under way; false after a long idle time.</summary>
    private async ValueTask<bool> AskAsync(FetchLane lane, BulkClient client, CancellationToken stop)
    {
        for (var idleSince = Now; ;)
        {
            var beat = _changed.Next;
            var (ranges, isUnderWay, due) = Next(lane);
            if (ranges.Count > 0)
                await client.AskAsync(Owner, ranges);
            if (isUnderWay)
                return true;
            _commits.Review();
            var left = Idle - (Now - idleSince);
            if (left <= TimeSpan.Zero)
                return false;
            await Pulse.WaitAsync(beat, due < left ? due : left, _clock, stop);
        }
    }

    private (List<FetchRange> Ranges, bool IsUnderWay, TimeSpan Due) Next(FetchLane lane)
    {
        List<FetchRange> ranges = [];
        lock (_gate)
        {
            while (_plan.Next(lane, Now) is { } range)
                ranges.Add(range);
            return (ranges, lane.IsUnderWay, _plan.DueFor(lane, Now) is { } due ? due - Now : LongestWait);
        }
    }
}
