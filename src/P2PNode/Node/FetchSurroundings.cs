using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>The parts of a node that fetching uses.</summary>
internal sealed record FetchSurroundings
{
    public required NodeId Self { get; init; }

    public required NodeFolder Folder { get; init; }

    public required CopyStore Store { get; init; }

    public required BeneathFolder OwnFiles { get; init; }

    public required WantedFiles Wanted { get; init; }

    public required CatalogueSync Sync { get; init; }

    public required ElectionDriver Election { get; init; }

    public required Roster Roster { get; init; }

    public required Greeter Greeter { get; init; }

    public required TransferBoard Board { get; init; }

    /// <summary>This node has files of an owner now.</summary>
    public required Action<NodeId, IReadOnlyList<FileEntry>> Stored { get; init; }

    public required TimeProvider Clock { get; init; }

    public NodeId? Leader => Election.Now.Leader;
}
