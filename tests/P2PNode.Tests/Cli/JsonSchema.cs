using System.Text.Json;
using System.Text.RegularExpressions;

namespace P2PNode.Tests.Cli;

/// <summary>Judges JSON by a schema, as editors do (JSON Schema, draft 7): as much of that as nodes.schema.json uses.</summary>
internal sealed class JsonSchema(JsonElement root)
{
    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value) => schema.EnumerateObject().All(rule => Holds(rule, schema, value));

    private bool Holds(JsonProperty rule, JsonElement schema, JsonElement value) => rule.Name switch
    {
        "$schema" or "title" or "description" or "default" or "examples" or "definitions" => true,
        "$ref" => Accepts(root.GetProperty("definitions").GetProperty(rule.Value.GetString()!["#/definitions/".Length..]), value),
        "type" => IsOf(rule.Value.GetString()!, value),
        "const" => JsonElement.DeepEquals(rule.Value, value),
        "allOf" => rule.Value.EnumerateArray().All(one => Accepts(one, value)),
        "anyOf" => rule.Value.EnumerateArray().Any(one => Accepts(one, value)),
        "oneOf" => rule.Value.EnumerateArray().Count(one => Accepts(one, value)) == 1,
        "minimum" => value.ValueKind is not JsonValueKind.Number || value.GetDouble() >= rule.Value.GetDouble(),
        "maximum" => value.ValueKind is not JsonValueKind.Number || value.GetDouble() <= rule.Value.GetDouble(),
        "exclusiveMinimum" => value.ValueKind is not JsonValueKind.Number || value.GetDouble() > rule.Value.GetDouble(),
        "pattern" => value.ValueKind is not JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.Value.GetString()!, RegexOptions.ECMAScript),
        "required" => value.ValueKind is not JsonValueKind.Object || rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => value.ValueKind is not JsonValueKind.Object || rule.Value.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out var member) || Accepts(one.Value, member)),
        "additionalProperties" => value.ValueKind is not JsonValueKind.Object || value.EnumerateObject().All(member => schema.GetProperty("properties").TryGetProperty(member.Name, out _)),
        "items" => value.ValueKind is not JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(rule.Value, item)),
        "minItems" => value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() >= rule.Value.GetInt32(),
        _ => throw new NotSupportedException($"'{rule.Name}' is not judged."),
    };

    private static bool IsOf(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value.GetDouble()),
        _ => false,
    };
}
