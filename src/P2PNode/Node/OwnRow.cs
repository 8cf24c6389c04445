using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>This node's row of the roster, for who tells it to others: its incarnation is on the disk before, so that no start goes below it. Thread-safe.</summary>
internal sealed class OwnRow(Roster roster, DurableNumbers incarnations)
{
    private readonly Lock _gate = new();
    private long _durable;

    /// <exception cref="IOException">The incarnation cannot be written.</exception>
    public Member Read()
    {
        var row = roster.Find(roster.Self)!;
        lock (_gate)
        {
            if (row.Incarnation > _durable)
                incarnations.Write(_durable = row.Incarnation);
        }

        return row;
    }
}
