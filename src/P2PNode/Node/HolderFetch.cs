using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>Hears what became of the files that are fetched.</summary>
internal interface IFetching
{
    /// <summary>Files are in place, whole, verified and durable.</summary>
    void Stored(IReadOnlyList<FileEntry> files);

    /// <summary>A file could not be had from this holder.</summary>
    void Failed(FileEntry file, string reason);
}

/// <summary>Fetches files of one owner from one holder over one bulk link, and puts them in place. For one use.</summary>
internal sealed class HolderFetch : IDisposable
{
    /// <summary>One sync serves a whole group; a larger one would delay its first files for little.</summary>
    private const int FilesOfOneGroup = 1024;
    private const long BytesOfOneGroup = 64 << 20;

    private readonly FetchPlan _plan = new(new FetchWindow());
    private readonly NodeId _owner;
    private readonly CopyStore _store;
    private readonly TransferBoard.Transfer _transfer;
    private readonly IFetching _fetching;
    private readonly TimeProvider _clock;
    private readonly Receiver _receiver;
    private readonly long _started;

    public HolderFetch(NodeId owner, CopyStore store, TransferBoard.Transfer transfer, IFetching fetching, TimeProvider clock)
    {
        (_owner, _store, _transfer, _fetching, _clock, _started) = (owner, store, transfer, fetching, clock, clock.GetTimestamp());
        _receiver = new Receiver(owner, _plan, store, clock, _started);
    }

    /// <summary>Returns once each file is stored or failed; what is whole when it ends otherwise is stored all the same.</summary>
    /// <exception cref="PeerException">The link ended: the files of which nothing was said may be had elsewhere.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> fired.</exception>
    public async Task RunAsync(BulkClient client, IEnumerable<FileEntry> files, CancellationToken stop)
    {
        await using var cut = stop.Register(client.Abort);
        foreach (var file in files)
            _plan.Add(file);
        try
        {
            while (await AskAsync(client))
            {
                using var parcel = await client.TakeAsync();
                Count(parcel);
                _receiver.Take(parcel);
                TellFailed();
                if (_receiver.Whole.Count >= FilesOfOneGroup || _receiver.Whole.Sum(copy => copy.Entry.Size) >= BytesOfOneGroup)
                    await CommitAsync();
            }
        }
        finally
        {
            await CommitAsync();
        }
    }

    public void Dispose() => _receiver.Dispose();

    /// <summary>Asks for what there is room for; false when nothing is to come any more.</summary>
    private async ValueTask<bool> AskAsync(BulkClient client)
    {
        List<FetchRange> ranges = [];
        while (_plan.Next(_clock.GetElapsedTime(_started)) is { } range)
            ranges.Add(range);
        if (ranges.Count > 0)
            await client.AskAsync(_owner, ranges);
        return _plan.IsUnderWay;
    }

    private void Count(Frame parcel)
    {
        var pieces = new ParcelReader(parcel.Payload.Span);
        while (pieces.TryTake(out var tag, out _, out var bytes))
        {
            if (_plan.Find(tag) is { } range)
                _transfer.Take(range.Entry, bytes.Length);
        }
    }

    private void TellFailed()
    {
        foreach (var (file, reason) in _receiver.Failed)
        {
            _plan.Remove(file.Path); // It is not tried again here.
            _fetching.Failed(file, reason);
        }

        _receiver.Failed.Clear();
    }

    private async Task CommitAsync()
    {
        if (_receiver.Whole.Count == 0)
            return;
        IncomingCopy[] group = [.. _receiver.Whole];
        _receiver.Whole.Clear();
        var failures = (await _store.CommitAsync(group)).ToDictionary(failure => failure.Entry.Path);
        _fetching.Stored([.. group.Select(copy => copy.Entry).Where(entry => !failures.ContainsKey(entry.Path))]);
        foreach (var failure in failures.Values)
            _fetching.Failed(failure.Entry, failure.Reason.Message);
    }
}
