using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>
/// The copies here of files whose owners are away: who leaves must know that its custodian has them too. For one caller
/// at a time.
/// </summary>
internal sealed class CopiesOfAbsent(NodeId self, CopyStore copies, FilesQueries queries, Roster roster)
{
    private HashSet<NodeId> _lookedUp = [];

    /// <summary>Whether an owner is away who was not when they were last looked up.</summary>
    public bool HaveGrown => Absent().Any(owner => !_lookedUp.Contains(owner));

    /// <summary>How many there were when that was last looked up.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them the custodian does not have; null where no leader says who has what.</summary>
    /// <remarks>A copy that nobody lists, or in another version, is no longer a file of the network.</remarks>
    public async Task<int?> MissingAtAsync(NodeId custodian, CancellationToken stop)
    {
        var (count, missing) = (0, 0);
        HashSet<NodeId> absent = [.. Absent()];
        foreach (var owner in absent)
        {
            var here = copies.CopiesOf(owner)
                .Where(copy => copy.Kind is EntryKind.File && copy.Seq > CopyStore.KeptSeq)
                .ToDictionary(copy => copy.Path, copy => copy.Root);
            if (await RowsOfAsync(owner, stop) is not { } rows)
                return null;
            var held = rows.Where(row => here.TryGetValue(row.Entry.Path, out var root) && root == row.Entry.Root).ToList();
            count += held.Count;
            missing += held.Count(row => !row.Holders.Contains(custodian));
        }

        (Count, _lookedUp) = (count, absent);
        return missing;
    }

    private IEnumerable<NodeId> Absent() => copies.Owners.Where(owner => owner != self && !roster.IsAlive(owner));

    private async Task<IReadOnlyList<FileRow>?> RowsOfAsync(NodeId owner, CancellationToken stop)
    {
        try
        {
            return (await queries.FindAsync(new FileQuery { Owner = owner }, stop)).Files.Rows;
        }
        catch (NoLeaderException)
        {
            return null;
        }
    }
}
