namespace P2PNode.Node;

/// <summary>A node cannot start, for a reason that a person can mend; the message is one sentence.</summary>
public sealed class NodeStartException(string message, Exception? inner = null) : Exception(message, inner);
