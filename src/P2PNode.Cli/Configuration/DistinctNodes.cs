using P2PNode.Core;

namespace P2PNode.Cli.Configuration;

/// <summary>Tells nodes of one file apart, however many there are: each compares with all before it at once.</summary>
/// <param name="complaints">Told what two nodes must not share.</param>
internal sealed class DistinctNodes(JsonComplaints complaints)
{
    private readonly Dictionary<NodeId, int> _lines = [];
    private readonly Dictionary<(string Host, int Port), NodeId> _addresses = [];
    private readonly Dictionary<string, NodeId> _folders = new(Folders.Comparer);

    /// <summary>For each folder above that of a node, one node below it.</summary>
    private readonly Dictionary<string, NodeId> _parents = new(Folders.Comparer);

    public void Add(LocatedJson item, NodeEntry node)
    {
        if (!_lines.TryAdd(node.Id, item.Line))
        {
            complaints.Add(item, $"Node {node.Id} is there already, in line {_lines[node.Id]}; give each node its own ID.");
            return;
        }

        var address = (node.Address.Host.ToUpperInvariant(), node.Address.Port);
        if (!_addresses.TryAdd(address, node.Id))
            complaints.Add(item, $"The nodes {_addresses[address]} and {node.Id} have the same address {node.Address}; change one port.");
        AddFolder(item, node);
    }

    private void AddFolder(LocatedJson item, NodeEntry node)
    {
        var folder = Path.TrimEndingDirectorySeparator(node.Folder);
        var parents = Folders.ParentsOf(folder).ToList();
        if (_folders.TryGetValue(folder, out var same))
            complaints.Add(item, $"The nodes {same} and {node.Id} have the same folder {node.Folder}; give each its own.");
        else if (parents.Find(_folders.ContainsKey) is { } outer)
            ComplainOfNesting(item, _folders[outer], node.Id);
        else if (_parents.TryGetValue(folder, out var inner))
            ComplainOfNesting(item, inner, node.Id);

        _folders.TryAdd(folder, node.Id);
        parents.ForEach(parent => _parents.TryAdd(parent, node.Id));
    }

    private void ComplainOfNesting(LocatedJson item, NodeId one, NodeId other) =>
        complaints.Add(item, $"The folders of nodes {one} and {other} lie one inside the other; put them side by side.");
}
