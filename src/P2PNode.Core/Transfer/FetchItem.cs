using P2PNode.Core.Catalogue;

namespace P2PNode.Core.Transfer;

/// <summary>One attempt to fetch one version of one file. Belongs to its plan, and is as little thread-safe.</summary>
public sealed class FetchItem
{
    private HashSet<NodeId>? _lacking; // Most are lacked by none, and there may be as many as files.

    internal FetchItem(FileEntry entry, int attempts = 0, string? reason = null) =>
        (Entry, Attempts, Reason) = (entry, attempts, reason);

    public FileEntry Entry { get; }

    /// <summary>Why the attempt before this one failed.</summary>
    public string? Reason { get; }

    /// <summary>Whether it is not to be fetched for now: its content lies here already, and is copied.</summary>
    public bool IsHeld { get; internal set; }

    /// <summary>Whether another version, another attempt or nothing took its place.</summary>
    public bool IsDropped { get; internal set; }

    /// <summary>Which pieces are here; null until its layer is, and always for a small file.</summary>
    public PieceMap? Pieces { get; private set; }

    /// <summary>What the last holder that lacks it said of it; null while none does.</summary>
    public string? Lack { get; private set; }

    internal int Attempts { get; }

    /// <summary>Whether this node has not, or no longer, the version that is meant.</summary>
    public bool IsLackedBy(NodeId holder) => _lacking is not null && _lacking.Contains(holder);

    /// <summary>Its layer is here, and some of its pieces perhaps from before.</summary>
    public void Begin(IEnumerable<int> verified) => Pieces = new PieceMap(Entry.Size, verified);

    internal void NoteLack(NodeId holder, string reason)
    {
        (_lacking ??= []).Add(holder);
        Lack = reason;
    }

    internal long LengthOf(RangeKind kind) =>
        kind is RangeKind.Layer ? PieceLayer.BytesOf(Entry.Size) : Entry.Size;
}
