using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>How copies are looked at again: whether they are there still, and whole.</summary>
public sealed partial class CopyStore
{
    /// <summary>There is a copy that should be read soon; raised on any thread.</summary>
    internal event Action? Doubted;

    /// <summary>Whether there may be copies that only <see cref="Check"/> can tell to be whole.</summary>
    internal bool HasDoubts => _hasDoubts;

    /// <summary>
    /// Strikes the rows of copies that are missing or were changed since they were put in place, and tells. One that may
    /// have been changed is read. Not while the folder itself may be another one than the rows speak of.
    /// </summary>
    public void Check(CancellationToken stop)
    {
        _hasDoubts = false;
        foreach (var (owner, copy, stamp) in Look(stop))
            Read(owner, copy, stamp, stop);
    }

    /// <summary>As <see cref="Check"/>, but reads nothing; returns what should be read.</summary>
    private List<(NodeId Owner, KeptCopy Copy, FileStamp Stamp)> Look(CancellationToken stop)
    {
        List<(NodeId, KeptCopy, FileStamp)> doubtful = [];
        foreach (var owner in _ledger.Owners)
        {
            List<KeptCopy> gone = [];
            List<KeptCopy> unstamped = [];
            foreach (var copy in _ledger.Of(owner))
            {
                stop.ThrowIfCancellationRequested();
                if (StatusOf(owner, copy) is not { } status)
                    continue;
                if (!copy.MayBe(status))
                    gone.Add(copy);
                else if (!copy.Is(status))
                    doubtful.Add((owner, copy, status.Stamp));
                else if (copy.Stamp.CtimeTicks == 0 && copy.Entry.Kind is EntryKind.File && status.Stamp.CtimeTicks != 0)
                    unstamped.Add(copy with { Stamp = status.Stamp });
            }

            if (!_folder.IsMarked)
                return [];
            Strike(owner, gone);
            Restamp(owner, unstamped);
        }

        return doubtful;
    }

    /// <summary>
    /// Whether a copy that something was done to has its content still. A large one is not read now, while somebody waits
    /// for it, and is none until that was done.
    /// </summary>
    private bool IsWhole(NodeId owner, KeptCopy copy, FileStamp stamp)
    {
        if (copy.Entry.Size < PieceLayer.LargeFrom)
            return Read(owner, copy, stamp, CancellationToken.None);
        _hasDoubts = true;
        Doubted?.Invoke();
        return false;
    }

    /// <summary>Reads a copy, and strikes its row if its content is another. Whether it is whole for sure.</summary>
    private bool Read(NodeId owner, KeptCopy copy, FileStamp stamp, CancellationToken stop)
    {
        var result = new FileHasher(_folder.Files).Hash(NodeFolder.CopyName(owner, copy.Entry.Path), stamp, stop);
        if (result.Outcome is not HashOutcome.Done)
            return false; // It is being changed, or is gone: who looks next will see.
        if (result.Root != copy.Entry.Root)
            Strike(owner, [copy], areDamaged: true);
        else
            Restamp(owner, [copy with { Stamp = stamp }]);
        return result.Root == copy.Entry.Root;
    }

    /// <summary>Enters the stamps under which copies were found to be whole.</summary>
    private void Restamp(NodeId owner, List<KeptCopy> copies)
    {
        if (copies.Count == 0)
            return;
        lock (_gate)
            Change(owner, [.. copies.Where(copy => _ledger.Find(owner, copy.Entry.Path) is { } row && row with { Stamp = copy.Stamp } == copy && row.Stamp.Inode == copy.Stamp.Inode)], []);
    }
}
