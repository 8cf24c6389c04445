using System.Globalization;
using P2PNode.Core;
using P2PNode.Node;
using Serilog.Events;

namespace P2PNode.Cli.Configuration;

/// <summary>
/// What a person gave beside nodes.json. The command line beats the environment, setting by setting. A value that
/// cannot be used is complained about when it is read, under the name of the option or variable that it came from.
/// </summary>
/// <param name="flags">The texts given for an option by its name, such as "max-peers"; maybe none.</param>
/// <param name="environment">The value of an environment variable; null where it is not set.</param>
internal sealed class GivenSettings(Func<string, IReadOnlyList<string>> flags, Func<string, string?> environment)
{
    private delegate bool TryParse<T>(string text, out T value);

    public NodeId? Id => Read<NodeId>("id", NodeId.TryParse, "a whole number from 1");

    public string? Config => Find("config").FirstOrDefault().Text;

    public string? Folder => Find("folder").FirstOrDefault().Text;

    public NodeAddress? Listen =>
        Find("listen").Select(given => Parse<NodeAddress>(given, TryAddress, AddressForm)).FirstOrDefault();

    /// <summary>Null where none was given, so that nodes.json decides.</summary>
    public IReadOnlyList<NodeAddress>? Seeds =>
        Find("seed") is { Count: > 0 } given
            ? [.. given.SelectMany(EachOf).Select(one => Parse<NodeAddress>(one, TryAddress, AddressForm)).Distinct()]
            : null;

    public bool? Discover => Read<bool>("discover", SettingValues.TryFlag, "true or false");

    public int? MaxPeers =>
        Read<int>("max-peers", SettingValues.TryMaxPeers, $"a whole number from 1 to {SettingValues.MostPeers}");

    public int? Copies => Read<int>("copies", SettingValues.TryCopies, "a whole number from 1, or 'all'");

    /// <summary>Bytes a second.</summary>
    public long? LimitUp => Read<long>("limit-up", SettingValues.TryRate, RateForm);

    /// <summary>Bytes a second.</summary>
    public long? LimitDown => Read<long>("limit-down", SettingValues.TryRate, RateForm);

    public LogEventLevel? LogLevel =>
        Read<LogEventLevel>("log-level", LogWords.TryLevel, $"one of {string.Join(", ", LogWords.Levels)}");

    public LogFormat? LogFormat =>
        Read<LogFormat>("log-format", LogWords.TryFormat, string.Join(" or ", LogWords.Formats));

    /// <summary>The intervals of a file, but for those that the environment sets.</summary>
    public Intervals IntervalsBeyond(Intervals intervals)
    {
        var variable = Variable("intervals");
        if (environment(variable) is not { Length: > 0 } given)
            return intervals;
        var seen = new HashSet<string>();
        foreach (var one in given.Split(',', StringSplitOptions.TrimEntries))
        {
            if (one.Length == 0)
                throw new ConfigurationException($"{variable} has a comma too many; put one between two intervals, such as heartbeat=2s,gossip=10s.");
            var parts = one.Split('=', 2, StringSplitOptions.TrimEntries);
            var setting = IntervalSetting.All.FirstOrDefault(setting => setting.Name == parts[0])
                ?? throw new ConfigurationException($"{variable} must be intervals of nodes.json, such as heartbeat=2s,gossip=10s; '{parts[0]}' is none{Suggestion.Clause(parts[0], IntervalSetting.Names)}");
            if (!seen.Add(setting.Name))
                throw new ConfigurationException($"{setting.Name} is in {variable} twice; remove one.");
            intervals = setting.Set(intervals, parts is [_, var value] ? value : "")
                ?? throw new ConfigurationException($"{setting.Name} in {variable} must be {setting.Form}; it is '{parts.ElementAtOrDefault(1)}'.");
        }

        return intervals;
    }

    private static readonly string RateForm = string.Create(
        CultureInfo.InvariantCulture,
        $"a number of MB a second from {SettingValues.LeastMegabytes} to {SettingValues.MostMegabytes}, such as 12.5");

    private const string AddressForm = "HOST:PORT, such as 127.0.0.1:5001";

    /// <summary>The environment variable that stands in for an option.</summary>
    public static string Variable(string name) => "P2PNODE_" + name.ToUpperInvariant().Replace('-', '_');

    private T? Read<T>(string name, TryParse<T> parse, string form)
        where T : struct =>
        Find(name) is [var given, ..] ? Parse(given, parse, form) : null;

    private List<(string Source, string Text)> Find(string name)
    {
        var values = flags(name);
        if (values.Count > 0)
            return [.. values.Select(value => ($"--{name}", value))];
        return environment(Variable(name)) is { Length: > 0 } text ? [(Variable(name), text)] : [];
    }

    private static T Parse<T>((string Source, string Text) given, TryParse<T> parse, string form) =>
        parse(given.Text, out var value)
            ? value
            : throw new ConfigurationException($"{given.Source} must be {form}; it is '{given.Text}'.");

    private static IEnumerable<(string Source, string Text)> EachOf((string Source, string Text) list) =>
        list.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => (list.Source, text));

    private static bool TryAddress(string text, out NodeAddress address) => NodeAddress.TryParse(text, out address!);
}
