using System.Text;
using System.Text.Json;
using P2PNode.Cli.Configuration;

namespace P2PNode.Tests.Cli;

/// <summary>What an editor takes by docs/nodes.schema.json the program takes too, and the other way round.</summary>
public sealed class NodesSchemaTests
{
    private static readonly JsonSchema Schema = new(Load());

    [Theory]
    [InlineData("\"id\": 1.0, \"host\": \"a\", \"port\": 5e3")]
    [InlineData("\"id\": 2147483647, \"host\": \"host-1.example\", \"port\": 65535")]
    [InlineData("\"id\": 1, \"host\": \"::1\", \"port\": 1, \"folder\": \"../x y\"")]
    [InlineData("\"id\": 1, \"host\": \"münchen\", \"port\": 1")]
    public void Both_take_a_node(string members) => BothJudge(true, $$"""{ "nodes": [ { {{members}} } ] }""");

    [Theory]
    [InlineData("\"id\": 2147483648, \"host\": \"a\", \"port\": 1")]
    [InlineData("\"id\": 0, \"host\": \"a\", \"port\": 1")]
    [InlineData("\"id\": 1.5, \"host\": \"a\", \"port\": 1")]
    [InlineData("\"id\": 1e30, \"host\": \"a\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 0")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 65536")]
    [InlineData("\"id\": 1, \"host\": \"\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a:1\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a b\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \".a\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a/b\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"[::1]\", \"port\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"folder\": \"\"")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"folder\": \"a\\u0000b\"")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"x\": 1")]
    [InlineData("\"id\": 1, \"host\": \"a\"")]
    public void Both_refuse_a_node(string members) => BothJudge(false, $$"""{ "nodes": [ { {{members}} } ] }""");

    [Theory]
    [InlineData("\"copies\": 2")]
    [InlineData("\"copies\": 2.0")]
    [InlineData("\"copies\": 2147483646")]
    [InlineData("\"copies\": \"all\"")]
    [InlineData("\"maxPeers\": 100000")]
    [InlineData("\"$schema\": \"x\"")]
    [InlineData("\"seeds\": [ \"10.0.0.5:4000\", \"[::1]:65535\", \"host:08\" ]")]
    [InlineData("\"intervals\": { \"heartbeat\": 0.2, \"gossip\": 1e1, \"misses\": 3.0 }")]
    [InlineData("\"intervals\": { \"heartbeat\": 60, \"gossip\": \"5\", \"liveness\": \"1.5s\", \"gather\": \"500ms\", \"keep\": \"1m\" }")]
    public void Both_take_a_setting(string member) => BothJudge(true, WithNode(member));

    [Theory]
    [InlineData("\"copies\": 0")]
    [InlineData("\"copies\": 2147483647")]
    [InlineData("\"copies\": \"2\"")]
    [InlineData("\"maxPeers\": 100001")]
    [InlineData("\"maxPeers\": 1.5")]
    [InlineData("\"discover\": \"true\"")]
    [InlineData("\"$schema\": 1")]
    [InlineData("\"other\": 1")]
    [InlineData("\"seeds\": [ \"a:0\" ]")]
    [InlineData("\"seeds\": [ \"a:65536\" ]")]
    [InlineData("\"seeds\": [ \"::1:4000\" ]")]
    [InlineData("\"seeds\": [ \"[a]:4000\" ]")]
    [InlineData("\"seeds\": [ \"[1:2]:4000\", \"[1:]:1\" ]")]
    [InlineData("\"seeds\": [ \"a b:4000\" ]")]
    [InlineData("\"seeds\": [ \"a\" ]")]
    [InlineData("\"seeds\": \"a:1\"")]
    [InlineData("\"intervals\": { \"heartbeat\": 0.19 }")]
    [InlineData("\"intervals\": { \"heartbeat\": 61 }")]
    [InlineData("\"intervals\": { \"heartbeat\": -1 }")]
    [InlineData("\"intervals\": { \"heartbeat\": \".5s\" }")]
    [InlineData("\"intervals\": { \"heartbeat\": \"5.s\" }")]
    [InlineData("\"intervals\": { \"heartbeat\": \"1 s\" }")]
    [InlineData("\"intervals\": { \"heartbeat\": \"1e1s\" }")]
    [InlineData("\"intervals\": { \"heartbeat\": \"\" }")]
    [InlineData("\"intervals\": { \"heartbeat\": \"1w\" }")]
    [InlineData("\"intervals\": { \"misses\": 11 }")]
    [InlineData("\"intervals\": { \"misses\": \"3\" }")]
    [InlineData("\"intervals\": { \"sayAtOnce\": 0 }")]
    [InlineData("\"intervals\": []")]
    public void Both_refuse_a_setting(string member) => BothJudge(false, WithNode(member));

    [Theory]
    [InlineData(true, """{ "nodes": [], "seeds": [ "a:1" ] }""")]
    [InlineData(true, """{ "nodes": [], "discover": true }""")]
    [InlineData(true, """{ "nodes": [], "discover": false }""")]
    [InlineData(true, """{ "nodes": [], "seeds": [] }""")]
    [InlineData(true, """{ "nodes": [] }""")]
    [InlineData(false, """{ "seeds": [ "a:1" ] }""")]
    [InlineData(false, """{ "nodes": {} }""")]
    [InlineData(false, "[]")]
    public void Both_take_a_file_that_lists_no_nodes_but_not_one_without_a_list(bool isRight, string json) => BothJudge(isRight, json);

    /// <summary>A number has bounds in the schema, and they are those of the program to the last digit.</summary>
    [Fact]
    public void Both_have_the_same_bounds_for_every_interval()
    {
        foreach (var (name, rule) in Load().GetProperty("properties").GetProperty("intervals").GetProperty("properties").EnumerateObject().Select(one => (one.Name, one.Value)))
        {
            var (least, most) = (rule.GetProperty("minimum").GetDecimal(), rule.GetProperty("maximum").GetDecimal());
            foreach (var (value, isRight) in ((decimal, bool)[])[(least, true), (most, true), (least - 0.001m, false), (most + 0.001m, false)])
                BothJudge(isRight, WithNode(FormattableString.Invariant($"\"intervals\": {{ \"{name}\": {value} }}")));
        }
    }

    private static string WithNode(string member) => $$"""{ "nodes": [ { "id": 1, "host": "a", "port": 1 } ], {{member}} }""";

    private static void BothJudge(bool isRight, string json) =>
        Assert.Equal((isRight, isRight, json), (Schema.Accepts(JsonElement.Parse(json)), IsRead(json), json));

    private static bool IsRead(string json)
    {
        try
        {
            NodesFileReader.Read(Encoding.UTF8.GetBytes(json), Path.GetFullPath("/home/pool/nodes.json"), "nodes.json");
            return true;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    private static JsonElement Load()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "P2PNode.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "docs", "nodes.schema.json")));
    }
}
