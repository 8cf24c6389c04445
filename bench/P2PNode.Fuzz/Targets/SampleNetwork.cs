using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Fuzz.Targets;

/// <summary>A network's CA, and what it signs.</summary>
internal sealed class SampleNetwork : IDisposable
{
    private const int DenyLists = 40;

    private readonly List<DenyList> _denyLists = [];

    public SampleNetwork()
    {
        var list = DenyList.Empty(Name);
        while (_denyLists.Count < DenyLists)
            _denyLists.Add(list = list.Revoke(new NodeId((_denyLists.Count * 7 % 30) + 100), Authority, TimeProvider.System));
    }

    public NetworkAuthority Authority { get; } = NetworkAuthority.Create(local: false, TimeProvider.System);

    public string Name => Authority.Network;

    public bool IsSigned(string denyList) => _denyLists.Exists(list => list.Text == denyList);

    /// <summary>A deny list that the CA has signed.</summary>
    public string DenyListText(Random random) => _denyLists[random.Next(DenyLists)].Text;

    public X509Certificate2 Issue(int id, ECDsa key) => Authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);

    public NodeIdentity Identity(int id)
    {
        using var key = NewKey();
        using var certificate = Issue(id, key);
        return NodeIdentity.From(key, certificate, Authority.Certificate);
    }

    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => Authority.Dispose();
}
