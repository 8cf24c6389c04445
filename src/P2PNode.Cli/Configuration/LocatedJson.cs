using System.Globalization;
using System.Text.Json;

namespace P2PNode.Cli.Configuration;

/// <summary>A JSON value that remembers the line it stands on. Comments and trailing commas are accepted.</summary>
internal sealed record LocatedJson(int Line, JsonTokenType Kind, string Text)
{
    /// <summary>The members of an object in their order, a key as often as it was written.</summary>
    public IReadOnlyList<(LocatedJson Key, LocatedJson Value)> Members { get; private init; } = [];

    public IReadOnlyList<LocatedJson> Items { get; private init; } = [];

    /// <summary>The text; a number as people write it, without exponent and needless zeros: 1.0 and 1e0 are 1.</summary>
    public string Plain => Kind is JsonTokenType.Number && decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number.ToString("0.############################", CultureInfo.InvariantCulture)
        : Text;

    /// <summary>The value in words that complete "…, not ".</summary>
    public string Description => Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"the text \"{Text}\"",
        _ => Text,
    };

    /// <exception cref="JsonSyntaxException">The bytes are not JSON in UTF-8.</exception>
    public static LocatedJson Parse(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (json.StartsWith(byteOrderMark))
            json = json[byteOrderMark.Length..];

        var walker = new Walker(json);
        try
        {
            walker.Next();
            var root = walker.Value();
            walker.ExpectEnd();
            return root;
        }
        catch (JsonException e)
        {
            throw new JsonSyntaxException((int)(e.LineNumber ?? 0) + 1, Reason(e.Message), e);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonSyntaxException(walker.Line(), "a text is not valid UTF-8", e);
        }
    }

    /// <summary>The reader ends its messages with a position, which is said in front already.</summary>
    private static string Reason(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (position < 0 ? message : message[..position]).TrimEnd('.');
    }

    private ref struct Walker(ReadOnlySpan<byte> json)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private Utf8JsonReader _reader = new(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        private int _line = 1;
        private int _counted;

        public void Next() => _reader.Read();

        public void ExpectEnd() => _reader.Read();

        public int Line()
        {
            var at = (int)_reader.TokenStartIndex;
            _line += _json[_counted..at].Count((byte)'\n');
            _counted = at;
            return _line;
        }

        /// <summary>Reads the value that starts at the present token, up to its last token.</summary>
        public LocatedJson Value()
        {
            var line = Line();
            return _reader.TokenType switch
            {
                JsonTokenType.StartObject => new(line, JsonTokenType.StartObject, "") { Members = ReadMembers() },
                JsonTokenType.StartArray => new(line, JsonTokenType.StartArray, "") { Items = ReadItems() },
                var kind => new(line, kind, Text()),
            };
        }

        private List<(LocatedJson Key, LocatedJson Value)> ReadMembers()
        {
            var members = new List<(LocatedJson Key, LocatedJson Value)>();
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                var key = new LocatedJson(Line(), JsonTokenType.PropertyName, Text());
                _reader.Read();
                members.Add((key, Value()));
            }

            return members;
        }

        private List<LocatedJson> ReadItems()
        {
            var items = new List<LocatedJson>();
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                items.Add(Value());
            return items;
        }

        private readonly string Text() => _reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
            ? _reader.GetString()!
            : System.Text.Encoding.UTF8.GetString(_reader.ValueSpan);
    }
}

/// <summary>The text is no JSON.</summary>
internal sealed class JsonSyntaxException(int line, string reason, Exception inner) : Exception(reason, inner)
{
    public int Line { get; } = line;
}
