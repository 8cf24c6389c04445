using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>One request for files, from what is here already to the last that is settled. For one use.</summary>
internal sealed class Fetch(GetRequest request, IReadOnlyList<WantedFile> wanted, FetchSurroundings around, CopiesInPassing inPassing, Action<GetOutcome> onSettled)
{
    /// <summary>Owners whose files are fetched at the same time.</summary>
    private const int MostOwners = 4;

    /// <summary>Copies that lie here, though the leader does not know it.</summary>
    private readonly List<FileRow> _unknown = [];

    /// <summary>Settles each file; returns when all are.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var others = wanted.Where(file => file.Row.Owner != around.Self).Select(file => file.Row).ToLookup(row => row.Owner, row => row.Entry.Path);
        var stay = request.Output is null || around.Sync.KeepsCopies;
        foreach (var (owner, path) in others.SelectMany(paths => paths.Select(path => (paths.Key, path))))
            inPassing.Enter(owner, path, stay);
        try
        {
            await SettleAllAsync(stop);
        }
        finally
        {
            foreach (var paths in others)
            {
                if (inPassing.Leave(paths.Key, paths, () => around.Sync.KeepsCopies) is { Count: > 0 } staying)
                    around.Stored(paths.Key, staying);
            }
        }
    }

    private async Task SettleAllAsync(CancellationToken stop)
    {
        var lacking = wanted.Where(file => !TrySettle(file, stop)).Select(file => new FetchedFile(file)).GroupBy(file => file.Row.Owner).ToList();
        foreach (var rows in _unknown.GroupBy(row => row.Owner))
            around.Stored(rows.Key, [.. rows.Select(row => row.Entry)]);
        await Parallel.ForEachAsync(
            lacking,
            new ParallelOptions { MaxDegreeOfParallelism = MostOwners, CancellationToken = stop },
            async (files, cut) => await new OwnerFetch(files.Key, around with { Stored = Stored }, file => OnStored(file, stop), OnFailed).RunAsync(files, cut));
    }

    /// <summary>A copy that will not stay is nobody's business.</summary>
    private void Stored(NodeId owner, IReadOnlyList<FileEntry> files) =>
        around.Stored(owner, [.. files.Where(file => !inPassing.Came(owner, file.Path))]);

    /// <summary>Settles what needs no fetching: it is here, or cannot be written.</summary>
    private bool TrySettle(WantedFile file, CancellationToken stop)
    {
        var row = file.Row;
        var isOwn = row.Owner == around.Self;
        try
        {
            if (OutputTargets.Of(request, file) is { } target && OutputFile.Objection(target, request.Force) is { } objection)
            {
                Settle(file, GetResult.Failed, objection);
                return true;
            }

            if (!isOwn && !IsHere(row, stop))
                return false;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            Settle(file, GetResult.Failed, e.Message);
            return true;
        }

        Save(file, row, isOwn ? GetResult.Own : GetResult.Here, stop);
        return true;
    }

    /// <summary>Whether the copy that is listed lies in its place; one that no ledger knows is looked at.</summary>
    private bool IsHere(FileRow row, CancellationToken stop)
    {
        var entry = row.Entry with { Seq = 1 };
        using var copy = around.Store.OpenCopy(row.Owner, entry.Path);
        var known = copy is null ? null : around.Store.Find(row.Owner, entry.Path);
        var isHere = known is not null && known with { Seq = 1 } == entry;
        if (!isHere && around.Store.HasFolderOf(row.Owner))
            isHere = (known is null || known.Root == entry.Root) && around.Store.Adopt(row.Owner, entry, stop);
        if (isHere && !row.Holders.Contains(around.Self))
            _unknown.Add(row);
        return isHere;
    }

    private void OnStored(FetchedFile file, CancellationToken stop) => Save(file.Wanted, file.Row, GetResult.Fetched, stop);

    private void OnFailed(FetchedFile file, string reason, bool isRefused) =>
        Settle(file.Wanted, GetResult.Failed, reason, refused: isRefused);

    /// <summary>A file lies in this node's folder; where it is wanted elsewhere, it is copied there.</summary>
    private void Save(WantedFile file, FileRow row, GetResult result, CancellationToken stop)
    {
        if (OutputTargets.Of(request, file) is not { } target)
        {
            Settle(file, result, savedAs: result is GetResult.Own ? OwnPath(row) : around.Folder.CopyPath(row.Owner, row.Entry.Path));
            return;
        }

        try
        {
            using var source = result is GetResult.Own
                ? around.Folder.Files.OpenRead(row.Entry.Path.Value)
                : around.Store.OpenCopy(row.Owner, row.Entry.Path) ?? throw new FileNotFoundException("its copy vanished");
            OutputFile.Write(target, source, row.Entry, request.Force, around.Folder.UnfinishedOutputs, stop);
            Settle(file, GetResult.Fetched, savedAs: target.Path, fromHere: result is not GetResult.Fetched);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Settle(file, GetResult.Failed, e.Message);
        }
    }

    private string OwnPath(FileRow row) => Path.Combine(around.Folder.Root, row.Entry.Path.Value);

    private void Settle(WantedFile file, GetResult result, string? reason = null, string? savedAs = null, bool refused = false, bool fromHere = false) => onSettled(new GetOutcome
    {
        Peer = file.Row.Owner,
        Path = file.Row.Entry.Path.Value,
        Size = file.Row.Entry.Size,
        Result = result,
        SavedAs = savedAs,
        Reason = reason,
        Refused = refused,
        FromHere = fromHere,
    });
}
