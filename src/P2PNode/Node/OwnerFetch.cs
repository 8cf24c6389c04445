using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>A file that is to be fetched: the version that is meant, and who was asked for it.</summary>
internal sealed class FetchedFile(WantedFile wanted)
{
    /// <summary>Whoever fetches from more is not helped by it.</summary>
    private const int MostHolders = 4;

    private readonly HashSet<NodeId> _tried = [];
    private int _versions;

    public WantedFile Wanted => wanted;

    /// <summary>As it is listed now.</summary>
    public FileRow Row { get; private set; } = wanted.Row;

    /// <summary>What is asked for; numbered, as a copy without a number is one that its owner no longer lists.</summary>
    public FileEntry Entry { get; private set; } = Numbered(wanted.Row);

    /// <summary>Why the last one who was asked did not give it.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether all who were asked refused.</summary>
    public bool IsRefused { get; private set; } = true;

    /// <summary>Who is to be asked, the owner first.</summary>
    public IEnumerable<NodeId> Untried(NodeId self) => Row.Holders
        .Where(holder => holder != self)
        .OrderBy(holder => holder != Row.Owner)
        .Take(MostHolders)
        .Where(holder => !_tried.Contains(holder));

    public void NoteFailure(NodeId holder, string reason, bool refused)
    {
        _tried.Add(holder);
        Reason = reason;
        IsRefused &= refused;
    }

    /// <summary>The row is looked at anew; false when a file changes faster than it can be fetched.</summary>
    public bool TryRenew(FileRow row)
    {
        var entry = Numbered(row);
        if (entry != Entry)
        {
            _tried.Clear();
            _versions++;
        }

        (Row, Entry) = (row, entry);
        return _versions < 5;
    }

    private static FileEntry Numbered(FileRow row) => row.Entry with { Seq = 1 };
}

/// <summary>
/// Fetches files of one owner: from the owner or, where it is not reached or has no longer what is listed, from whoever
/// else has a copy, the leader among them. For one use.
/// </summary>
internal sealed class OwnerFetch(NodeId owner, FetchSurroundings around, Action<FetchedFile> onStored, Action<FetchedFile, string> onFailed) : IFetching
{
    /// <summary>How long a file that nobody gives waits for the leader to have a copy, which it gets from the owner.</summary>
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<FilePath, FetchedFile> _pending = [];
    private NodeId _holder;

    /// <summary>Returns once each file is stored or failed.</summary>
    public async Task RunAsync(IEnumerable<FetchedFile> files, CancellationToken stop)
    {
        foreach (var file in files)
            _pending.Add(file.Entry.Path, file);
        var waitingSince = around.Clock.GetTimestamp();
        while (_pending.Count > 0)
        {
            if (NextHolder() is { } holder)
            {
                await FetchAsync(holder, stop);
                waitingSince = around.Clock.GetTimestamp();
            }
            else
            {
                await RenewAsync(mayWait: around.Clock.GetElapsedTime(waitingSince) < LeaderPatience, stop);
            }
        }
    }

    void IFetching.Stored(IReadOnlyList<FileEntry> files)
    {
        around.Stored(owner, files);
        foreach (var file in files)
        {
            if (_pending.Remove(file.Path, out var fetched))
                onStored(fetched);
        }
    }

    void IFetching.Failed(FileEntry file, string reason) =>
        _pending.GetValueOrDefault(file.Path)?.NoteFailure(_holder, reason, refused: false);

    /// <summary>Somebody who has a file and was not asked for it; null where there is nobody.</summary>
    private NodeId? NextHolder() =>
        _pending.Values.SelectMany(file => file.Untried(around.Self)).Cast<NodeId?>().FirstOrDefault();

    private async Task FetchAsync(NodeId holder, CancellationToken stop)
    {
        _holder = holder;
        var files = _pending.Values.Where(file => file.Untried(around.Self).Contains(holder)).ToList();
        try
        {
            var address = around.Roster.AddressOf(holder) ?? throw new PeerException(PeerFault.Unreachable, $"the address of node {holder} is not known");
            await using var client = new BulkClient(await around.Greeter.DialBulkAsync(address, holder, stop), around.Clock);
            using var transfer = around.Board.Begin(owner, holder);
            using var fetch = new HolderFetch(owner, around.Store, transfer, this, around.Clock);
            await fetch.RunAsync(client, files.Select(file => file.Entry), stop);
        }
        catch (PeerException e)
        {
            NoteFailure(files, $"node {holder} could not give it: {e.Message}", e.Fault is PeerFault.Rejected);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            NoteFailure(files, $"the link with node {holder} was cut", refused: false);
        }
    }

    private void NoteFailure(List<FetchedFile> files, string reason, bool refused)
    {
        foreach (var file in files.Where(file => _pending.ContainsKey(file.Entry.Path)))
            file.NoteFailure(_holder, reason, refused);
    }

    /// <summary>Nobody is left to be asked: perhaps there is a new version by now, or the leader has got a copy.</summary>
    private async Task RenewAsync(bool mayWait, CancellationToken stop)
    {
        await Task.Delay(AskAgainAfter, around.Clock, stop);
        var rows = await around.Wanted.FindAgainAsync(owner, [.. _pending.Keys], stop);
        foreach (var (path, file) in _pending.ToList())
        {
            if (!rows.TryGetValue(path, out var row))
                Fail(file, $"node {owner} offers it no more");
            else if (!file.TryRenew(row))
                Fail(file, "it changes faster than it can be fetched");
            else if (!file.Untried(around.Self).Any() && (!mayWait || around.Leader is not { } leader || row.Holders.Contains(leader)))
                Fail(file, file.Reason ?? "nobody who has it is reached");
        }
    }

    private void Fail(FetchedFile file, string reason)
    {
        _pending.Remove(file.Entry.Path);
        onFailed(file, reason);
    }
}
