using P2PNode.Node;

namespace P2PNode.Api;

/// <summary>A question to a running node got no answer. The message is one sentence for a person.</summary>
public sealed class LocalRequestException(ExitCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>How the command that asked should end.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>What may be meant, where several things may.</summary>
    public IReadOnlyList<GetCandidate> Candidates { get; init; } = [];
}
