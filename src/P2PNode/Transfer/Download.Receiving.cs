using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>What the receivers of the links report.</summary>
internal sealed partial class Download
{
    internal FetchRange? Find(FetchLane lane, uint tag)
    {
        lock (_gate)
            return lane.Find(tag);
    }

    /// <summary>Notes bytes that came of a range.</summary>
    /// <returns>Whether they are still of use.</returns>
    internal bool Came(FetchLane lane, FetchItem item, int bytes)
    {
        lock (_gate)
        {
            lane.Came(bytes, Now);
            return !item.IsDropped && !item.IsLackedBy(lane.Holder);
        }
    }

    internal void Answered(FetchLane lane, FetchRange range)
    {
        lock (_gate)
            lane.Answered(range);
    }

    internal void Lacks(FetchLane lane, FetchItem item, string reason)
    {
        lock (_gate)
            _plan.Lacks(lane, item, reason);
        _changed.Beat();
    }

    internal void Fail(FetchItem item, string reason)
    {
        bool isNews;
        LargeFile? file;
        lock (_gate)
        {
            isNews = _plan.Failed(item, reason, Now);
            file = Forget(item);
        }

        file?.Close(discard: false);
        if (isNews)
            _user.Failed([(item.Entry, reason)]);
        _changed.Beat();
    }

    internal void Whole(FetchItem item, IncomingCopy copy) => _commits.Add(item, copy);

    internal LargeFile? FileOf(FetchItem item)
    {
        lock (_gate)
            return _large.GetValueOrDefault(item);
    }

    /// <summary>A large file may begin; first what lies here of it is looked for, while other files go on.</summary>
    internal void LayerCame(FetchItem item, LargeFile file)
    {
        bool isWanted;
        lock (_gate)
        {
            if (isWanted = !item.IsDropped)
                _large.Add(item, file);
        }

        if (!isWanted)
        {
            file.Close(discard: false);
            return;
        }

        _ = _tasks.Start(stop =>
        {
            Recall(item, file, stop);
            return Task.CompletedTask;
        });
    }

    internal void PieceCame(FetchItem item, int piece)
    {
        LargeFile? whole = null;
        lock (_gate)
        {
            if (!item.IsDropped && _plan.Verified(item, piece))
                _large.Remove(item, out whole);
        }

        Finish(item, whole);
    }

    private void Recall(FetchItem item, LargeFile file, CancellationToken stop)
    {
        try
        {
            var found = _store.Recall(file.Copy, file.Layer.Span, stop);
            file.Have(found);
            if (found.Count > 0)
                _user.Recalled(item.Entry, found.Count, (int)PieceLayer.CountOf(item.Entry.Size));
            LargeFile? whole = null;
            lock (_gate)
            {
                if (!item.IsDropped)
                    item.Begin(found);
                if (!item.IsDropped && _plan.IsWhole(item))
                    _large.Remove(item, out whole);
            }

            Finish(item, whole);
            _changed.Beat();
        }
        catch (Exception e) when (e is CopyException or ObjectDisposedException)
        {
            Fail(item, e.Message); // Of a file that was taken out meanwhile this says nothing.
        }
    }

    private void Finish(FetchItem item, LargeFile? whole)
    {
        if (whole is null)
            return;
        _layers.Keep(item.Entry.Root, whole.Layer.Span);
        whole.Copy.Finish(piecesVerified: true);
        Whole(item, whole.Copy);
        _changed.Beat();
    }
}
