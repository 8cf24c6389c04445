using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;

namespace P2PNode.Tests.Security;

/// <summary>The holder of a CA at one end, machines with tokens or certificates of it at the other.</summary>
public abstract class JoinFixture : IDisposable
{
    private protected JoinFixture()
    {
        Keys = new NetworkFolder(Home.Path);
        Authority = Keys.LoadOrCreate(local: false, TestNetworkKeys.Ago(TimeSpan.FromDays(400))).Authority;
    }

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected TemporaryFolder Home { get; } = new();

    private protected NetworkFolder Keys { get; }

    private protected NetworkAuthority Authority { get; }

    private protected AuthorityOffice Office => new(Keys, TimeProvider.System);

    public void Dispose()
    {
        Authority.Dispose();
        Home.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected LoopbackNode Holder() =>
        new(1, network: Authority.Network, identity: TestNetworkKeys.Issue(1, by: Authority), keys: Keys);

    private protected IdentityFolder Folder(string name) => new(Home[name]);

    private protected async Task<JoinToken> InviteAsync(int id) => (await Office.InviteAsync(new NodeId(id), TimeSpan.FromDays(1), Stop)).Token;

    private protected Task<NodeIdentity> JoinAsync(JoinToken token, string folder, LoopbackNode seed) =>
        new JoinClient(Folder(folder), TimeProvider.System).JoinAsync(token, seed.Address, Stop);
}
