namespace P2PNode.Bench.Peers;

/// <summary>The product: node 1 leads and collects, the owners follow.</summary>
internal sealed class NodePeer(string executable) : IPeer
{
    public const string PeerName = "p2pnode";

    public string Name => PeerName;

    public string Executable => executable;

    public string? Missing => executable.Length > 0 ? null : "there is no executable";

    public Task<ISession> PrepareAsync(Stage stage, CancellationToken stop) =>
        Task.FromResult<ISession>(new NodeSession(executable, stage));
}
