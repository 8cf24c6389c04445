using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>
/// When a node gives up because it is of another network than all others (docs/decisions.md): right after its start,
/// when every node that it was told of says so and none was ever linked. Who holds the network's CA gives way only to
/// more than one. For one caller at a time.
/// </summary>
internal sealed class AdmissionRule(NodeOptions options, NodeName self, bool holdsAuthority, TimeProvider clock)
{
    /// <summary>Later a node has been at home: it is the others that changed.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(10);

    private readonly long _began = clock.GetTimestamp();
    private readonly HashSet<NodeId> _strangers = [];
    private bool _isAtHome;

    public void Linked() => _isAtHome = true;

    /// <summary>Takes in that an attempt to get a link failed.</summary>
    /// <exception cref="IdentityRefusedException">It was one too many.</exception>
    public void Failed(DialFailed failed)
    {
        if (failed.Fault is not PeerFault.OtherNetwork || _isAtHome || clock.GetElapsedTime(_began) > Trial)
            return;
        _strangers.Add(failed.Peer);
        var others = options.Nodes.Select(node => node.Id).Where(id => id != options.Id).ToList();
        if (others.TrueForAll(_strangers.Contains) && others.Count >= (holdsAuthority ? 2 : 1))
        {
            throw new IdentityRefusedException(
                $"Node {options.Id} is of network {self.Network}, and every other node that it knows is of another one; have it invited to that, and join with 'p2pnode network join TOKEN --seed HOST:PORT'.");
        }
    }
}
