using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>One row of the file log: a file that some node offers, and who has it.</summary>
/// <param name="Owner">The node that lists the file.</param>
/// <param name="Entry">What it says of it; always of the kind <see cref="EntryKind.File"/>.</param>
/// <param name="Holders">The nodes that have this content, ascending; the owner is always one of them.</param>
public readonly record struct FileRow(NodeId Owner, FileEntry Entry, ImmutableArray<NodeId> Holders);

/// <summary>How much a catalogue holds.</summary>
public readonly record struct CatalogueTotals(int Files, long Bytes);

/// <summary>How many of the owners that should have sent their listings did so.</summary>
public readonly record struct Completeness(int Complete, int Expected)
{
    public bool IsWhole => Complete == Expected;
}
