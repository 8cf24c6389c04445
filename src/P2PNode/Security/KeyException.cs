namespace P2PNode.Security;

/// <summary>
/// A key or certificate of this node or its network is missing or cannot be used; the message is one sentence for a
/// person, and never holds anything of a key.
/// </summary>
public class KeyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>This node's identity is not, or no longer, that of a member; only who holds the network's CA can mend that.</summary>
public sealed class IdentityRefusedException(string message) : KeyException(message);
