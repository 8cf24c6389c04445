using System.Net;
using System.Text.Json;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Cli.Configuration;

/// <summary>Checks nodes.json against its rules.</summary>
internal sealed class NodesFileReader
{
    private static readonly string[] FileKeys = ["nodes", "seeds", "discover", "copies", "maxPeers", "intervals", "$schema"];
    private static readonly string[] NodeKeys = ["id", "host", "port", "folder"];

    private readonly string _path;
    private readonly JsonComplaints _complaints;

    private NodesFileReader(string path, string shownAs) =>
        (_path, _complaints) = (path, new JsonComplaints(shownAs));

    /// <inheritdoc cref="NodesFile.Load"/>
    public static NodesFile Read(ReadOnlySpan<byte> json, string path, string shownAs)
    {
        var reader = new NodesFileReader(path, shownAs);
        try
        {
            var file = reader.ReadFile(LocatedJson.Parse(json));
            reader._complaints.ThrowIfAny();
            return file;
        }
        catch (JsonSyntaxException e)
        {
            throw new ConfigurationException($"{shownAs}, line {e.Line}: This is not JSON: {e.Message}.");
        }
    }

    private NodesFile ReadFile(LocatedJson root)
    {
        var members = new JsonMembers(root, "the file", FileKeys, _complaints);
        members.Require("nodes", "[ { \"id\": 1, \"host\": \"127.0.0.1\", \"port\": 5001 } ]");
        _ = members.Text("$schema"); // It is for editors alone.
        return new NodesFile
        {
            Path = _path,
            Nodes = members["nodes"] is { } nodes ? ReadNodes(nodes) : [],
            Seeds = members["seeds"] is { } seeds ? ReadSeeds(seeds) : [],
            Discover = members.Flag("discover"),
            Copies = members["copies"] is { } copies ? ReadCopies(copies) : null,
            MaxPeers = members.Number("maxPeers", SettingValues.MostPeers),
            Intervals = members["intervals"] is { } intervals ? ReadIntervals(intervals) : new(),
        };
    }

    /// <summary>None is fine for the file: whoever starts a node may say how it finds others.</summary>
    private List<NodeEntry> ReadNodes(LocatedJson list)
    {
        if (list.Kind != JsonTokenType.StartArray)
            _complaints.Add(list, $"\"nodes\" must be a list of nodes, each with \"id\", \"host\" and \"port\", not {list.Description}.");

        var nodes = new List<NodeEntry>();
        var distinct = new DistinctNodes(_complaints);
        foreach (var item in list.Items)
        {
            if (ReadNode(item) is not { } node)
                continue;
            distinct.Add(item, node);
            nodes.Add(node);
        }

        return [.. nodes.OrderBy(node => node.Id)];
    }

    private NodeEntry? ReadNode(LocatedJson item)
    {
        var members = new JsonMembers(item, "a node", NodeKeys, _complaints);
        members.Require("id", "1");
        members.Require("host", "\"127.0.0.1\"");
        members.Require("port", "5001");

        var number = members.Number("id", int.MaxValue);
        var host = members.Text("host");
        var port = members.Number("port", IPEndPoint.MaxPort);
        if (host is not null && !NodeAddress.IsHost(host))
        {
            _complaints.Add(members["host"]!, $"\"{host}\" is no host; write a name or an IP address, without a port.");
            host = null;
        }

        var folder = members.Text("folder");
        if (folder is not null && (folder.Length == 0 || folder.Contains('\0')))
        {
            _complaints.Add(members["folder"]!, "\"folder\" names no folder; name one, or leave the key out.");
            return null;
        }

        if (number is null || host is null || port is null)
            return null;
        var id = new NodeId(number.Value);
        var directory = Path.GetDirectoryName(_path)!;
        folder = Path.GetFullPath(folder ?? NodesFile.DefaultFolder(directory, id), directory);
        return new NodeEntry(id, new NodeAddress(host, port.Value), folder);
    }

    private List<NodeAddress> ReadSeeds(LocatedJson list)
    {
        if (list.Kind != JsonTokenType.StartArray)
            _complaints.Add(list, $"\"seeds\" must be a list of texts HOST:PORT, not {list.Description}.");

        var seeds = new List<NodeAddress>();
        foreach (var item in list.Items)
        {
            if (item.Kind == JsonTokenType.String && NodeAddress.TryParse(item.Text, out var seed))
                seeds.Add(seed);
            else
                _complaints.Add(item, $"A seed must be a text such as \"10.0.0.5:4000\", not {item.Description}.");
        }

        return [.. seeds.Distinct()];
    }

    private Intervals ReadIntervals(LocatedJson value)
    {
        var members = new JsonMembers(value, "the intervals", IntervalSetting.Names, _complaints);
        var intervals = new Intervals();
        foreach (var setting in IntervalSetting.All)
        {
            if (members[setting.Name] is not { } given)
                continue;
            var isOfItsKind = given.Kind is JsonTokenType.Number || (given.Kind is JsonTokenType.String && setting.IsTime);
            var set = isOfItsKind ? setting.Set(intervals, given.Plain) : null;
            if (set is null)
                _complaints.Add(given, $"\"{setting.Name}\" must be {setting.Form}, not {given.Description}.");
            intervals = set ?? intervals;
        }

        return intervals;
    }

    private int? ReadCopies(LocatedJson value)
    {
        if (value.Kind is JsonTokenType.String or JsonTokenType.Number
            && SettingValues.TryCopies(value.Plain, out var copies)
            && (value.Kind == JsonTokenType.String) == (copies == NodeOptions.EveryNode))
        {
            return copies;
        }

        _complaints.Add(value, $"\"copies\" must be a whole number from 1, or \"all\", not {value.Description}.");
        return null;
    }
}
