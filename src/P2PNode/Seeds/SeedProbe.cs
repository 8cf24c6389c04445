using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Transport;

namespace P2PNode.Seeds;

/// <summary>Looks whether a member is where it registered: somebody there proves to be it.</summary>
internal sealed class SeedProbe(SecureConnector connector, TimeProvider clock)
{
    public async Task<bool> AnswersAsync(Member member, CancellationToken stop)
    {
        try
        {
            var socket = await Tcp.ConnectAsync(new NodeAddress(member.Host, member.Port), clock, stop);
            await using var connection = await connector.DialAsync(socket, stop);
            return connection.Proven == member.Id;
        }
        catch (PeerException)
        {
            return false;
        }
    }
}
