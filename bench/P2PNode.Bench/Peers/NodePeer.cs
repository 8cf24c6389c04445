namespace P2PNode.Bench.Peers;

/// <summary>The product: node 1 leads and collects, the owners follow.</summary>
internal sealed class NodePeer(string executable, string name = NodePeer.PeerName) : IPeer
{
    public const string PeerName = "p2pnode";

    /// <summary>Another build of it, to compare with.</summary>
    public const string NameBefore = "p2pnode-before";

    public string Name => name;

    public string Executable => executable;

    public string? Missing => executable.Length > 0 ? null : "there is no executable";

    public Task<ISession> PrepareAsync(Stage stage, CancellationToken stop) =>
        Task.FromResult<ISession>(new NodeSession(executable, stage));
}
