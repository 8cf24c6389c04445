namespace P2PNode.Core.Catalogue;

/// <summary>How the files that a question finds are put in order. Ties are settled by path, then owner.</summary>
public enum FileOrder
{
    /// <summary>By owner, then path: as the file log is.</summary>
    Owner = 0,

    /// <summary>By the last part of the path, in any case.</summary>
    Name = 1,

    Path = 2,

    /// <summary>Smallest first.</summary>
    Size = 3,

    /// <summary>Oldest first.</summary>
    Mtime = 4,
}

/// <summary>A file that was found, before anybody asks who has it.</summary>
public readonly record struct FileHit(NodeId Owner, FileEntry Entry);

/// <summary>Puts hits in the order that a question asks for. No two different hits are equal.</summary>
internal sealed class HitOrder(FileOrder order, bool reverse) : IComparer<FileHit>
{
    /// <summary>Whether this is the order in which the catalogue goes through its files.</summary>
    public bool IsOfCatalogue => order is FileOrder.Owner && !reverse;

    /// <summary>
    /// Whether files of one owner that have the same key stand in the order of their paths, which is that in which the
    /// catalogue goes through them.
    /// </summary>
    public bool TiesGoByPath => order is not FileOrder.Name;

    /// <summary>A number that comes first in the order: the smaller one is ahead, equal ones say nothing.</summary>
    public long KeyOf(FileEntry entry)
    {
        var key = order switch
        {
            FileOrder.Size => entry.Size,
            FileOrder.Mtime => entry.MtimeTicks,
            _ => 0,
        };
        return reverse ? ~key : key;
    }

    public int Compare(FileHit left, FileHit right) => reverse ? -Upwards(left, right) : Upwards(left, right);

    private int Upwards(in FileHit left, in FileHit right)
    {
        var first = order switch
        {
            FileOrder.Owner => left.Owner.CompareTo(right.Owner),
            FileOrder.Name => NameOf(left).CompareTo(NameOf(right), StringComparison.OrdinalIgnoreCase),
            FileOrder.Size => left.Entry.Size.CompareTo(right.Entry.Size),
            FileOrder.Mtime => left.Entry.MtimeTicks.CompareTo(right.Entry.MtimeTicks),
            _ => 0,
        };
        if (first != 0)
            return first;
        var path = left.Entry.Path.CompareTo(right.Entry.Path);
        return path != 0 ? path : left.Owner.CompareTo(right.Owner);
    }

    private static ReadOnlySpan<char> NameOf(in FileHit hit)
    {
        var path = hit.Entry.Path.Value.AsSpan();
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
