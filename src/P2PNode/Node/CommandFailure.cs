using System.Text.Json.Serialization;

namespace P2PNode.Node;

/// <summary>Why a command has no answer: what it prints with <c>--json</c> in place of one.</summary>
/// <param name="Error">What a person is told, in one line.</param>
public sealed record CommandFailure(string Error)
{
    /// <summary>Of a fetch, what was settled until then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GetOutcome>? Files { get; init; }

    /// <summary>Of a fetch, what may be meant where that is not clear.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GetCandidate>? Candidates { get; init; }

    /// <summary>Of leaving, how far it had come; null where it could not begin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeaveProgress? Progress { get; init; }
}
