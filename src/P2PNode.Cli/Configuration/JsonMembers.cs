using System.Globalization;
using System.Text.Json;

namespace P2PNode.Cli.Configuration;

/// <summary>The members of one JSON object, read and checked by key; a breach becomes a complaint and a null.</summary>
internal sealed class JsonMembers
{
    private readonly Dictionary<string, LocatedJson> _members = [];
    private readonly LocatedJson _owner;
    private readonly string _whose;
    private readonly JsonComplaints _complaints;

    /// <param name="owner">The object; anything else is complained about.</param>
    /// <param name="whose">The object in words, such as "a node".</param>
    /// <param name="keys">All keys that may occur.</param>
    /// <param name="complaints">Takes what is wrong.</param>
    public JsonMembers(LocatedJson owner, string whose, string[] keys, JsonComplaints complaints)
    {
        (_owner, _whose, _complaints) = (owner, whose, complaints);
        if (owner.Kind != JsonTokenType.StartObject)
            complaints.Add(owner, $"There must be an object in braces for {whose}, not {owner.Description}.");
        foreach (var (key, value) in owner.Members)
        {
            if (!keys.Contains(key.Text))
                complaints.Add(key, $"\"{key.Text}\" is not a key of {whose}{Suggestion.Clause(key.Text, keys)}");
            else if (!_members.TryAdd(key.Text, value))
                complaints.Add(key, $"\"{key.Text}\" is there twice; remove one.");
        }
    }

    public LocatedJson? this[string key] => _members.GetValueOrDefault(key);

    public void Require(string key, string example)
    {
        if (_owner.Kind == JsonTokenType.StartObject && !_members.ContainsKey(key))
            _complaints.Add(_owner, $"There is no \"{key}\" for {_whose}; add it, for instance \"{key}\": {example}.");
    }

    public int? Number(string key, int most)
    {
        if (this[key] is not { } value)
            return null;
        if (value.Kind == JsonTokenType.Number
            && int.TryParse(value.Plain, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            && number <= most)
        {
            return number;
        }

        _complaints.Add(value, $"\"{key}\" must be a whole number from 1 to {most}, not {value.Description}.");
        return null;
    }

    public string? Text(string key)
    {
        if (this[key] is not { } value)
            return null;
        if (value.Kind == JsonTokenType.String)
            return value.Text;
        _complaints.Add(value, $"\"{key}\" must be a text in quotes, not {value.Description}.");
        return null;
    }

    public bool? Flag(string key)
    {
        if (this[key] is not { } value)
            return null;
        if (value.Kind is JsonTokenType.True or JsonTokenType.False)
            return value.Kind == JsonTokenType.True;
        _complaints.Add(value, $"\"{key}\" must be true or false, not {value.Description}.");
        return null;
    }
}
