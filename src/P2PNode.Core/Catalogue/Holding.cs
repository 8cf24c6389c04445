using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>Who has a file that more nodes than its owner have.</summary>
/// <param name="Path">The file.</param>
/// <param name="Nodes">All holders, ascending, the owner among them.</param>
internal readonly record struct Holding(FilePath Path, ImmutableArray<NodeId> Nodes);

/// <summary>Holdings in the order of the entries that they belong to.</summary>
internal readonly struct HoldingByPath : IPageOrder<Holding, string>
{
    public static string KeyOf(Holding item) => item.Path.Value;

    public static int Compare(string left, string right) => ByPath.Compare(left, right);
}
