using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>The parts of a node that fetching uses.</summary>
internal sealed record FetchSurroundings
{
    public required NodeId Self { get; init; }

    public required NodeFolder Folder { get; init; }

    public required CopyStore Store { get; init; }

    public required PieceLayers Layers { get; init; }

    public required WantedFiles Wanted { get; init; }

    public required CatalogueSync Sync { get; init; }

    public required ElectionDriver Election { get; init; }

    public required TransferBoard Board { get; init; }

    /// <summary>Makes a bulk link to a node; throws <see cref="PeerException"/> where there is none to be had.</summary>
    public required Func<NodeId, CancellationToken, Task<BulkClient>> ConnectAsync { get; init; }

    /// <summary>A bulk link ended, or could not be had, and why.</summary>
    public required Action<NodeId, PeerException> LinkLost { get; init; }

    /// <summary>This node has files of an owner now.</summary>
    public required Action<NodeId, IReadOnlyList<FileEntry>> Stored { get; init; }

    public required TimeProvider Clock { get; init; }

    public NodeId? Leader => Election.Now.Leader;
}
