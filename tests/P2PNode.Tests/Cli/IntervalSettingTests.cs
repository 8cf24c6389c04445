using System.Text;
using System.Text.Json;
using P2PNode.Cli.Configuration;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class IntervalSettingTests
{
    private static readonly Intervals Usual = new();

    [Fact]
    public void The_schema_lists_the_intervals_with_their_bounds_and_what_they_are_otherwise()
    {
        var listed = Schema().EnumerateObject().ToList();

        Assert.Equal(IntervalSetting.Names, listed.Select(property => property.Name));
        foreach (var (setting, property) in IntervalSetting.All.Zip(listed))
        {
            var otherwise = property.Value.GetProperty("default");
            Assert.Equal(Usual, setting.Set(Usual, otherwise.ToString()));
            if (otherwise.ValueKind is JsonValueKind.Number)
                Assert.EndsWith($"from {property.Value.GetProperty("minimum").GetInt32()} to {property.Value.GetProperty("maximum")}", setting.Form);
            else
                Assert.EndsWith("F" + setting.Form[(setting.Form.LastIndexOf("from ", StringComparison.Ordinal) + 1)..] + ".", property.Value.GetProperty("description").GetString());
        }
    }

    [Fact]
    public void Each_interval_is_set_and_none_of_the_others()
    {
        foreach (var setting in IntervalSetting.All)
        {
            var bounds = setting.Form[(setting.Form.LastIndexOf("from ", StringComparison.Ordinal) + 5)..].Split(" to ");
            var set = bounds.Select(bound => setting.Set(Usual, bound)!).First(set => set != Usual);

            var changed = IntervalSetting.All.Where(other => !other.Get(set).Equals(other.Get(Usual))).Select(other => other.Name);
            Assert.Equal([setting.Name], changed);
        }
    }

    [Fact]
    public void The_intervals_of_the_original_exercise_can_be_had()
    {
        var overlay = Read("""{ "gossip": 5, "liveness": 13, "misses": 3, "say": 5, "sayAtOnce": 10 }""").Overlay;

        Assert.Equal((5, 13, 3), (overlay.Gossip.TotalSeconds, overlay.Probe.TotalSeconds, overlay.Misses));
        Assert.Equal((5, 10), (overlay.BetweenTexts.TotalSeconds, overlay.TextsAtOnce));
    }

    [Fact]
    public void The_example_in_a_message_is_neither_bound()
    {
        var times = IntervalSetting.All.Where(setting => setting.IsTime).ToList();

        Assert.Equal(13, times.Count);
        Assert.All(times, time =>
        {
            var bounds = time.Form[(time.Form.LastIndexOf("from ", StringComparison.Ordinal) + 5)..].Split(" to ");
            Assert.InRange(Milliseconds(time.Form.Split('"')[1]), Milliseconds(bounds[0]) + 1, Milliseconds(bounds[1]) - 1);
        });
    }

    [Theory]
    [InlineData("misses")]
    [InlineData("sayAtOnce")]
    public void A_count_is_no_text(string count)
    {
        var e = Assert.Throws<ConfigurationException>(() => Read($$"""{ "{{count}}": "3" }"""));

        Assert.Contains($"\"{count}\" must be a whole number from", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", 5_000)]
    [InlineData("0.2", 200)]
    [InlineData("500ms", 500)]
    [InlineData("1.5m", 90_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_is_a_number_with_or_without_a_unit(string text, double milliseconds)
    {
        Assert.True(SettingValues.TryDuration(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e3")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("5w")]
    [InlineData("5sm")]
    [InlineData("99999999999999999999d")]
    [InlineData("79228162514264337593543950335")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("5.")]
    [InlineData(".")]
    public void Anything_else_is_no_duration(string text) => Assert.False(SettingValues.TryDuration(text, out _));

    private static Intervals Read(string intervals) => NodesFileReader.Read(
        Encoding.UTF8.GetBytes($$"""{ "nodes": [ { "id": 1, "host": "a", "port": 1 } ], "intervals": {{intervals}} }"""),
        Path.GetFullPath("/home/pool/nodes.json"),
        "nodes.json").Intervals;

    private static double Milliseconds(string text) =>
        SettingValues.TryDuration(text, out var time) ? time.TotalMilliseconds : throw new FormatException($"'{text}' is no duration.");

    private static JsonElement Schema()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "P2PNode.sln")))
            folder = Path.GetDirectoryName(folder)!;
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "docs", "nodes.schema.json")));
        return document.RootElement.GetProperty("properties").GetProperty("intervals").GetProperty("properties").Clone();
    }
}
