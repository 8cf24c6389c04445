using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>Files whose content lies here already, under another name: those are copied, and fetched only if that fails.</summary>
internal sealed partial class Download
{
    private readonly Channel<FetchItem> _here = Channel.CreateUnbounded<FetchItem>(new() { SingleReader = true });
    private int _copying;

    /// <summary>Whether a file is not asked for, as its content lies here.</summary>
    public bool IsCopying(FilePath path)
    {
        lock (_gate)
            return _plan.Holds(path);
    }

    /// <summary>Call under the gate.</summary>
    private bool IsAnythingUnderWay => _plan.IsUnderWay || _copying > 0;

    /// <summary>Call under the gate.</summary>
    private void Enqueue(FetchItem item)
    {
        _copying++;
        _here.Writer.TryWrite(item);
    }

    private async Task CopyAsync(CancellationToken stop)
    {
        while (await _here.Reader.WaitToReadAsync(stop))
            await Task.Run(() => CopyAll(stop), stop);
    }

    private void CopyAll(CancellationToken stop)
    {
        while (_here.Reader.TryRead(out var item))
        {
            Copy(item, stop);
            lock (_gate)
                _copying--;
            _commits.Review();
        }
    }

    private void Copy(FetchItem item, CancellationToken stop)
    {
        lock (_gate)
        {
            if (item.IsDropped)
                return;
        }

        try
        {
            if (_store.Duplicate(Owner, item.Entry, stop) is { } copy)
                Whole(item, copy);
            else
                Release(item);
        }
        catch (CopyException e)
        {
            Fail(item, e.Message);
        }
    }

    private void Release(FetchItem item)
    {
        lock (_gate)
            _plan.Release(item);
        _changed.Beat();
    }
}
