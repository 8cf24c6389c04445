using System.Text;
using P2PNode.Cli.Configuration;

namespace P2PNode.Fuzz.Targets;

/// <summary>The file that a person writes.</summary>
internal sealed class NodesJsonTarget : FuzzTarget
{
    private static readonly string[] Values =
        ["1", "0", "-1", "2147483648", "1e9", "\"a\"", "\"\"", "null", "true", "[]", "{}", "5001", "\"127.0.0.1\"", "\"NODE2\"", "\"../x\"", "\"\\u0000\"", "\"all\"", "\"10.0.0.5:4000\"", "0.2", "\"5s\"", "{ \"heartbeat\": 0.5, \"rotate\": \"1d\" }"];

    private static readonly string[] Keys = ["id", "host", "port", "folder", "nodes", "seeds", "discover", "copies", "maxPeers", "intervals", "heartbeat", "misses", "$schema", "other"];

    public override string Name => "nodes.json";

    public override long MostBytes => 4 << 20;

    public override byte[] Sample(Random random)
    {
        var nodes = Enumerable.Range(1, random.Next(5)).Select(id => $$"""{ "id": {{id}}, "host": "127.0.0.1", "port": {{5000 + id}}{{Member(random)}} }""");
        return Encoding.UTF8.GetBytes($$"""
            // A comment.
            { "$schema": "docs/nodes.schema.json", "nodes": [ {{string.Join(", ", nodes)}}, ], "seeds": [ "10.0.0.5:4000" ], "copies": 1{{Member(random)}} }
            """);
    }

    public override void Take(byte[] input) => NodesFileReader.Read(input, "/home/nodes.json", "nodes.json");

    public override bool Expects(Exception e) => e is ConfigurationException;

    private static string Member(Random random) => random.Next(3) == 0 ? $", \"{Keys[random.Next(Keys.Length)]}\": {Values[random.Next(Values.Length)]}" : "";
}
