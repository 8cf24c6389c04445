using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>This node's row of the roster, for who tells it to others: its incarnation is on the disk before, so that no start goes below it. Thread-safe.</summary>
internal sealed class OwnRow(Roster roster, Incarnations incarnations)
{
    /// <exception cref="IOException">The incarnation cannot be written.</exception>
    public Member Read()
    {
        var row = roster.Find(roster.Self)!;
        incarnations.Raise(row.Incarnation);
        return row;
    }
}
