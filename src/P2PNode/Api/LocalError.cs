using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using P2PNode.Node;

namespace P2PNode.Api;

/// <summary>What the local endpoint answers where it cannot do what was asked.</summary>
/// <param name="Error">One sentence for a person.</param>
/// <param name="Code">The exit code for the command that asked.</param>
/// <param name="Candidates">What may be meant, where several things may.</param>
internal sealed record LocalError(
    string Error,
    ExitCode Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<GetCandidate>? Candidates = null)
{
    public static JsonTypeInfo<LocalError> Json { get; } = LocalErrorContext.Default.LocalError;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(NodeIdConverter)])]
[JsonSerializable(typeof(LocalError))]
internal sealed partial class LocalErrorContext : JsonSerializerContext;
