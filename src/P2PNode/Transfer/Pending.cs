using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Transfer;

/// <summary>What one download lacks, and why it has waited longer than it should.</summary>
internal sealed record Pending(int Files, long Bytes, ImmutableArray<WaitingFiles> Waiting);

/// <summary>So many files wait for this reason.</summary>
internal sealed record WaitingFiles(string Reason, int Files);

/// <summary>A large file on its way: from whom, and how much of it is here and verified.</summary>
internal sealed record LargeTransfer(FileEntry Entry, ImmutableArray<NodeId> From, long Done);
