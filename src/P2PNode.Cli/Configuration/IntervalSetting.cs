using P2PNode.Node;

namespace P2PNode.Cli.Configuration;

/// <summary>One of the intervals that people may set, or a count that goes with them.</summary>
internal sealed class IntervalSetting
{
    /// <summary>What messages give as an example: the first that lies between the bounds of the setting.</summary>
    private static readonly string[] Examples = ["500ms", "100ms", "5s", "5m"];

    /// <summary>All of them, in the order in which they are described.</summary>
    public static readonly IReadOnlyList<IntervalSetting> All =
    [
        Time("heartbeat", "200ms", "1m", i => i.Election.Heartbeat, (i, time) => i with { Election = i.Election with { Heartbeat = time } }),
        Count("misses", 2, 10, i => i.Election.Misses, (i, count) => i with { Election = i.Election with { Misses = count }, Overlay = i.Overlay with { Misses = count } }),
        Time("liveness", "500ms", "10m", i => i.Overlay.Probe, (i, time) => i with { Overlay = i.Overlay with { Probe = time } }),
        Time("gossip", "1s", "10m", i => i.Overlay.Gossip, (i, time) => i with { Overlay = i.Overlay with { Gossip = time } }),
        Time("gather", "10ms", "500ms", i => i.Overlay.Gather, (i, time) => i with { Overlay = i.Overlay with { Gather = time } }),
        Time("shuffle", "1s", "1h", i => i.Overlay.Shuffle, (i, time) => i with { Overlay = i.Overlay with { Shuffle = time } }),
        Time("rotate", "10s", "1d", i => i.Overlay.Rotate, (i, time) => i with { Overlay = i.Overlay with { Rotate = time } }),
        Time("revisit", "1s", "1h", i => i.Overlay.Revisit, (i, time) => i with { Overlay = i.Overlay with { Revisit = time } }),
        Time("remember", "1m", "7d", i => i.Overlay.Remember, (i, time) => i with { Overlay = i.Overlay with { Remember = time } }),
        Time("keep", "10s", "10m", i => i.Overlay.Keep, (i, time) => i with { Overlay = i.Overlay with { Keep = time } }),
        Time("say", "10ms", "1m", i => i.Overlay.BetweenTexts, (i, time) => i with { Overlay = i.Overlay with { BetweenTexts = time } }),
        Count("sayAtOnce", 1, 60, i => i.Overlay.TextsAtOnce, (i, count) => i with { Overlay = i.Overlay with { TextsAtOnce = count } }),
        Time("announce", "2s", "30s", i => i.Announce, (i, time) => i with { Announce = time }),
        Time("renew", "1s", "1m", i => i.Renew, (i, time) => i with { Renew = time }),
        Time("lapse", "2m", "1d", i => i.Lapse, (i, time) => i with { Lapse = time }),
    ];

    public static readonly string[] Names = [.. All.Select(setting => setting.Name)];

    private readonly Func<Intervals, string, Intervals?> _set;
    private readonly Func<Intervals, object> _get;

    private IntervalSetting(string name, string form, bool isTime, Func<Intervals, string, Intervals?> set, Func<Intervals, object> get) =>
        (Name, Form, IsTime, _set, _get) = (name, form, isTime, set, get);

    public string Name { get; }

    /// <summary>What a value must be, in words that complete "… must be ".</summary>
    public string Form { get; }

    /// <summary>Whether it is a time, which may be a text in nodes.json; a count is a number there.</summary>
    public bool IsTime { get; }

    /// <summary>The intervals with this one set; null where the text is no value of it.</summary>
    public Intervals? Set(Intervals intervals, string text) => _set(intervals, text);

    /// <summary>What it is set to: a <see cref="TimeSpan"/> or an <see cref="int"/>.</summary>
    public object Get(Intervals intervals) => _get(intervals);

    private static IntervalSetting Time(string name, string least, string most, Func<Intervals, TimeSpan> get, Func<Intervals, TimeSpan, Intervals> with)
    {
        var (shortest, longest) = (Duration(least), Duration(most));
        var example = Array.Find(Examples, text => Duration(text) > shortest && Duration(text) < longest);
        return new(
            name,
            $"a number of seconds, or a text such as \"{example}\", from {least} to {most}",
            isTime: true,
            (i, text) => SettingValues.TryDuration(text, out var time) && time >= shortest && time <= longest ? with(i, time) : null,
            i => get(i));
    }

    private static IntervalSetting Count(string name, int least, int most, Func<Intervals, int> get, Func<Intervals, int, Intervals> with) => new(
        name,
        $"a whole number from {least} to {most}",
        isTime: false,
        (i, text) => SettingValues.TryNumber(text, most, out var count) && count >= least ? with(i, count) : null,
        i => get(i));

    private static TimeSpan Duration(string text) =>
        SettingValues.TryDuration(text, out var time) ? time : throw new ArgumentException($"'{text}' is no duration.", nameof(text));
}
