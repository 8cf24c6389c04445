namespace P2PNode.Bench.Processes;

/// <summary>A run came to nothing; the sentence says why. The other runs go on.</summary>
internal sealed class RunFailedException(string message) : Exception(message);
