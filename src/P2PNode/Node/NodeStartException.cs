namespace P2PNode.Node;

/// <summary>A node cannot start, for a reason that a person can mend. The message is one sentence that says it.</summary>
public sealed class NodeStartException(string message, Exception? inner = null) : Exception(message, inner);
