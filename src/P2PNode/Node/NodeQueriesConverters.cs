using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>A node ID as a number.</summary>
internal sealed class NodeIdConverter : JsonConverter<NodeId>
{
    public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetInt32() is > 0 and var id ? new NodeId(id) : throw new JsonException("A node ID is positive.");

    public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}

/// <summary>An address as <c>host:port</c>.</summary>
internal sealed class NodeAddressConverter : JsonConverter<NodeAddress>
{
    public override NodeAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NodeAddress.TryParse(reader.GetString(), out var address)
            ? address
            : throw new JsonException("An address is host:port.");

    public override void Write(Utf8JsonWriter writer, NodeAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A content root as 64 lower-case hexadecimal digits.</summary>
internal sealed class ContentRootConverter : JsonConverter<ContentRoot>
{
    public override ContentRoot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ContentRoot.TryParse(reader.GetString(), out var root)
            ? root
            : throw new JsonException("A root is 64 hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, ContentRoot value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>A UTC time in ISO 8601 with all its 100 ns digits, always seven, and a Z.</summary>
internal sealed class UtcConverter : JsonConverter<DateTime>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTime.TryParseExact(reader.GetString(), Format, CultureInfo.InvariantCulture, Universal, out var time)
            ? time
            : throw new JsonException($"A time is {Format}.");

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(Format, CultureInfo.InvariantCulture));
}

/// <summary>An enumeration by the names of its values, the first letter small.</summary>
internal sealed class CamelCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
