using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>A file that is being fetched: the version that is meant, and what stands in the way. Not thread-safe.</summary>
internal sealed class FetchedFile(WantedFile wanted)
{
    /// <summary>Whoever fetches from more is not helped by it.</summary>
    private const int MostHolders = 4;

    /// <summary>A file that is changed so often meanwhile is given up.</summary>
    private const int MostVersions = 5;

    private int _versions;

    public WantedFile Wanted => wanted;

    /// <summary>As it is listed, the last time that somebody looked.</summary>
    public FileRow Row { get; private set; } = wanted.Row;

    /// <summary>What is asked for; numbered, as a copy without a number is one that its owner no longer lists.</summary>
    public FileEntry Entry { get; private set; } = Numbered(wanted.Row);

    /// <summary>Why it could not be had; null while all goes well.</summary>
    public string? Reason { get; set; }

    /// <summary>When it was first seen to stand still, as a timestamp; null while it does not.</summary>
    public long? StuckSince { get; set; }

    /// <summary>How many bytes of a large one were here when somebody last looked.</summary>
    public long Done { get; private set; }

    /// <summary>Who is to be asked, the owner first.</summary>
    public IEnumerable<NodeId> Holders(NodeId self) =>
        Row.Holders.Where(holder => holder != self).OrderBy(holder => holder != Row.Owner).Take(MostHolders);

    /// <summary>So many bytes of it are here; where that is more than before, it does not stand still.</summary>
    public void Came(long done)
    {
        if (done > Done)
            StuckSince = null;
        Done = done;
    }

    /// <summary>Takes over what the leader says now.</summary>
    /// <returns>Whether another version is to be fetched; null when there were too many.</returns>
    public bool? Renew(FileRow row)
    {
        var changes = Numbered(row) != Entry;
        (Row, Entry) = (row, Numbered(row));
        if (!changes)
            return false;
        (Reason, StuckSince) = (null, null);
        return ++_versions < MostVersions ? true : null;
    }

    private static FileEntry Numbered(FileRow row) => row.Entry with { Seq = 1 };
}
