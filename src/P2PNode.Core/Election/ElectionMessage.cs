namespace P2PNode.Core.Election;

/// <summary>What nodes say to one another to agree on a leader. Every message carries the highest epoch its sender knows.</summary>
public abstract record ElectionMessage
{
    private protected ElectionMessage() { }

    public required Epoch Epoch { get; init; }
}
