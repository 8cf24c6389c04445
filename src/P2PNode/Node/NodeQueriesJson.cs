using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>
/// The reports as JSON, to the letter of the contract: on the local endpoint, in the output of <c>--json</c> and in
/// <c>peer_files.log</c>. File names stay readable as people wrote them.
/// </summary>
public static class NodeQueriesJson
{
    private static readonly NodeQueriesContext Context = new(new JsonSerializerOptions(NodeQueriesContext.Default.Options)
    {
        Encoder = Encoder,
    });

    /// <summary>For who writes rows with a writer of its own. To ask a report for it would make ready all that describes the report.</summary>
    internal static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static JsonTypeInfo<StatusReport> Status => Context.StatusReport;

    public static JsonTypeInfo<IReadOnlyList<MemberReport>> Members => Context.IReadOnlyListMemberReport;

    public static JsonTypeInfo<FilesReport> Files => Context.FilesReport;

    public static JsonTypeInfo<GetRequest> GetRequest => Context.GetRequest;

    public static JsonTypeInfo<GetLine> GetLine => Context.GetLine;

    public static JsonTypeInfo<ConnectReport> Connect => Context.ConnectReport;

    public static JsonTypeInfo<IReadOnlyList<ReachReport>> Diagnosis => Context.IReadOnlyListReachReport;

    /// <summary>What became of each file, as <c>get --json</c> prints it.</summary>
    public static JsonTypeInfo<GetReport> GetReport => Context.GetReport;

    /// <summary>Why there is no answer, in its place.</summary>
    public static JsonTypeInfo<CommandFailure> Failure => Context.CommandFailure;

    public static JsonTypeInfo<SayRequest> SayRequest => Context.SayRequest;

    public static JsonTypeInfo<SayReport> SayReport => Context.SayReport;

    public static JsonTypeInfo<LeaveLine> LeaveLine => Context.LeaveLine;

    public static JsonTypeInfo<LeftReport> LeftReport => Context.LeftReport;

    /// <summary>The rows alone, as <c>files --json</c> prints them.</summary>
    public static JsonTypeInfo<IReadOnlyList<FileReport>> FileRows => Context.IReadOnlyListFileReport;

    /// <summary>One row, as a line of <c>peer_files.log</c> holds it.</summary>
    public static JsonTypeInfo<FileReport> FileRow => Context.FileReport;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters =
    [
        typeof(NodeIdConverter), typeof(NodeAddressConverter), typeof(ContentRootConverter), typeof(UtcConverter),
        typeof(CamelCaseEnumConverter<NodeRole>), typeof(CamelCaseEnumConverter<MemberState>),
        typeof(CamelCaseEnumConverter<GetResult>), typeof(CamelCaseEnumConverter<SeedState>), typeof(CamelCaseEnumConverter<Reach>), typeof(CamelCaseEnumConverter<AddressSource>),
    ])]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(IReadOnlyList<MemberReport>))]
[JsonSerializable(typeof(FilesReport))]
[JsonSerializable(typeof(GetRequest))]
[JsonSerializable(typeof(GetLine))]
[JsonSerializable(typeof(ConnectReport))]
[JsonSerializable(typeof(IReadOnlyList<ReachReport>))]
[JsonSerializable(typeof(GetReport))]
[JsonSerializable(typeof(CommandFailure))]
[JsonSerializable(typeof(SayRequest))]
[JsonSerializable(typeof(SayReport))]
[JsonSerializable(typeof(LeaveLine))]
[JsonSerializable(typeof(LeftReport))]
[JsonSerializable(typeof(IReadOnlyList<FileReport>))]
internal sealed partial class NodeQueriesContext : JsonSerializerContext;
