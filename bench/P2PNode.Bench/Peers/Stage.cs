using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>The folder in which an owner's files lie.</summary>
internal sealed record OwnerFolder(int Id, string Path, int Files);

/// <summary>Where one run takes place: fresh folders that no other run used.</summary>
/// <param name="Folder">For what a peer writes beside the two below: configuration, logs, keys.</param>
/// <param name="Owners">With their files.</param>
/// <param name="Collector">Empty.</param>
/// <param name="Roles">Starts the processes and knows which they are.</param>
internal sealed record Stage(string Folder, IReadOnlyList<OwnerFolder> Owners, string Collector, Roles Roles)
{
    public int Files => Owners.Sum(owner => owner.Files);

    public string PathOf(string name) => Path.Combine(Folder, name);
}
