using System.Runtime.Versioning;
using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Security;

public sealed class EnrolmentTests : IDisposable
{
    private static readonly NodeAddress[] Loopback = [new("127.0.0.1", 5001), new("::1", 5002), new("localhost", 5003), new("127.9.9.9", 1)];

    private readonly TemporaryFolder _home = new();

    private NetworkFolder Network => new(_home.Path);

    public void Dispose() => _home.Dispose();

    [Fact]
    public void On_one_machine_a_node_needs_nothing()
    {
        var first = Node(1).Resolve(Loopback);
        var second = Node(2).Resolve(Loopback);
        var again = Node(1).Resolve(Loopback);

        Assert.Equal((1, 2), (first.Name.Id.Value, second.Name.Id.Value));
        Assert.Equal(first.Name.Network, second.Name.Network);
        Assert.Equal(first.Certificate.RawData, again.Certificate.RawData);
        using var authority = Network.Load();
        Assert.True(authority!.IsLocal);
        Assert.Contains("\"kind\":\"local\"", File.ReadAllText(_home[".p2pnode/network/network.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_that_start_at_once_get_one_network()
    {
        using var start = new Barrier(8);
        var starting = Enumerable.Range(1, 8).Select(id => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                return Node(id).Resolve(Loopback);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));

        var identities = await Task.WhenAll(starting);

        Assert.Single(identities.Select(identity => identity.Name.Network).Distinct());
        Assert.All(identities, identity => Assert.True(identity.IsIssued()));
        Assert.Equal([_home[".p2pnode/network"]], Directory.GetFileSystemEntries(_home[".p2pnode"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Keys_are_for_their_owner_alone()
    {
        Node(1).Resolve(Loopback);

        foreach (var key in new[] { ".p2pnode/network/ca.key", "NODE1/.p2pnode/identity/node.key" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_home[key]));
            var folder = Path.GetDirectoryName(_home[key])!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Theory]
    [InlineData("10.0.0.5")]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("lab.example.org")]
    [InlineData("fe80::1")]
    public void Nobody_speaks_with_other_machines_without_a_network(string host)
    {
        Node(1).Resolve(Loopback); // A network of this machine alone is none.
        var abroad = new NodeAddress(host, 5001);

        var local = Assert.Throws<KeyException>(() => Node(1).Resolve([Loopback[0], abroad]));
        Directory.Delete(_home[".p2pnode"], recursive: true);
        var none = Assert.Throws<KeyException>(() => Node(1).Resolve([abroad]));

        Assert.Equal(local.Message, none.Message);
        Assert.Contains($" {abroad} ", none.Message, StringComparison.Ordinal);
        Assert.Contains("'p2pnode network create'", none.Message, StringComparison.Ordinal);
        Assert.Contains("'p2pnode network join TOKEN --seed HOST:PORT'", none.Message, StringComparison.Ordinal);
        Assert.False(Network.Exists);
    }

    [Fact]
    public void In_a_network_that_was_made_any_address_will_do()
    {
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;

        Assert.Equal(authority.Network, Node(1).Resolve([new NodeAddress("0.0.0.0", 5001)]).Name.Network);
    }

    [Fact]
    public void A_node_that_has_joined_needs_no_ca()
    {
        Join(1, TestNetworkKeys.Authority);

        Assert.Equal(TestNetworkKeys.Network, Node(1).Resolve([new NodeAddress("10.0.0.5", 1)]).Name.Network);
        Assert.False(Network.Exists);
    }

    [Fact]
    public void What_a_node_joined_as_is_no_good_for_another_nor_when_it_has_ended()
    {
        Join(1, TestNetworkKeys.Authority);

        var other = Assert.Throws<KeyException>(() => Node(2, folder: 1).Resolve(Loopback));
        var ended = Assert.Throws<IdentityRefusedException>(() => Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromDays(91))).Resolve(Loopback));

        Assert.Contains("that of node 1;", other.Message, StringComparison.Ordinal);
        Assert.StartsWith("The certificate of node 1 ended on ", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_ca_is_here_what_does_not_fit_is_issued_anew()
    {
        Join(1, TestNetworkKeys.Authority);
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;

        Assert.Equal(new NodeName(authority.Network, new NodeId(1)), Node(1).Resolve(Loopback).Name);
        Assert.Equal(new NodeName(authority.Network, new NodeId(2)), Node(2, folder: 1).Resolve(Loopback).Name);
        foreach (var file in new[] { "node.key", "node.crt", "ca.crt" })
        {
            File.WriteAllText(_home[$"NODE1/.p2pnode/identity/{file}"], "-----BEGIN");
            Assert.Equal(new NodeName(authority.Network, new NodeId(1)), Node(1).Resolve(Loopback).Name);
        }
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public void A_certificate_is_renewed_a_month_before_its_end(int age, bool same)
    {
        var first = Node(1).Resolve(Loopback);
        var later = Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromDays(age)));

        Assert.Equal(same, later.Renew(first) is null);
        Assert.Equal(same, later.Resolve(Loopback).Certificate.SerialNumber == first.Certificate.SerialNumber);
    }

    [Theory]
    [InlineData("ca.key", "it should hold a private key")]
    [InlineData("ca.crt", "it should hold a certificate")]
    public void A_damaged_ca_is_named_and_nothing_of_it_is_told(string file, string what)
    {
        Node(1).Resolve(Loopback);
        var path = _home[$".p2pnode/network/{file}"];
        var text = File.ReadAllText(path);

        foreach (var damage in new[] { "", "MC4CAQ", text[..(text.Length / 2)], text.Replace('A', 'B') + text })
        {
            File.WriteAllText(path, damage);
            var e = Assert.ThrowsAny<KeyException>(() => Node(1).Resolve(Loopback));
            Assert.Contains(_home[".p2pnode/network"], e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("MC4CAQ", e.ToString(), StringComparison.Ordinal);
        }

        File.WriteAllText(path, "");
        Assert.StartsWith($"{path} is damaged: {what}", Assert.Throws<KeyException>(() => Node(1).Resolve(Loopback)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.StartsWith($"{path} is missing; ", Assert.Throws<KeyException>(() => Node(1).Resolve(Loopback)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_certified_runs_on_while_the_key_of_the_ca_is_kept_elsewhere()
    {
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;
        var first = Node(1).Resolve(Loopback);
        File.Move(_home[".p2pnode/network/ca.key"], _home["safe"]);

        Assert.Equal(first.Certificate.RawData, Node(1).Resolve(Loopback).Certificate.RawData);
    }

    [Theory]
    [InlineData("node.key")]
    [InlineData("node.crt")]
    [InlineData("ca.crt")]
    public void A_damaged_identity_without_the_ca_is_named(string file)
    {
        Join(1, TestNetworkKeys.Authority);
        var path = _home[$"NODE1/.p2pnode/identity/{file}"];
        File.WriteAllText(path, File.ReadAllText(path)[..60]);

        var e = Assert.Throws<KeyException>(() => Node(1).Resolve(Loopback));

        Assert.StartsWith($"{path} is damaged: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_on_a_curve_that_nobody_knows_is_damage_like_any_other()
    {
        Join(1, TestNetworkKeys.Authority);
        var path = _home["NODE1/.p2pnode/identity/node.key"];
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        var bytes = Convert.ToHexString(key.ExportPkcs8PrivateKey());
        Assert.Contains("2A8648CE3D030107", bytes, StringComparison.Ordinal);
        File.WriteAllText(path, PemEncoding.WriteString("PRIVATE KEY", Convert.FromHexString(bytes.Replace("2A8648CE3D030107", "2A8648CE3D03011C", StringComparison.Ordinal))));

        var e = Assert.Throws<KeyException>(() => Node(1).Resolve(Loopback));

        Assert.StartsWith($"{path} is damaged: ", e.Message, StringComparison.Ordinal);
    }

    private Enrolment Node(int id, int? folder = null, TimeProvider? clock = null) =>
        new(Network, Identity(folder ?? id), new NodeId(id), clock ?? TimeProvider.System);

    private IdentityFolder Identity(int folder) => new(_home[$"NODE{folder}/.p2pnode"]);

    private void Join(int id, NetworkAuthority authority)
    {
        var folder = Identity(id);
        using var key = folder.LoadOrCreateKey();
        using var certificate = authority.Issue(new NodeId(id), new System.Security.Cryptography.X509Certificates.PublicKey(key), TimeProvider.System);
        folder.Save(key, certificate, authority.Certificate);
    }

    [Theory]
    [InlineData(".p2pnode/network/ca.key", UnixFileMode.OtherRead, "create the network anew")]
    [InlineData(".p2pnode/network/ca.key", UnixFileMode.GroupWrite, "create the network anew")]
    [InlineData("NODE1/.p2pnode/identity/node.key", UnixFileMode.GroupRead, "have the node revoked and invited again")]
    [UnsupportedOSPlatform("windows")]
    public void A_key_that_others_can_read_is_not_used(string key, UnixFileMode more, string remedy)
    {
        Node(1).Resolve(Loopback);
        var path = _home[key];
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

        var e = Assert.Throws<KeyException>(() => Node(1).Resolve(Loopback));
        Assert.StartsWith($"{path} is a private key that other users can reach", e.Message, StringComparison.Ordinal);
        Assert.Contains($"run 'chmod 600 {path}'", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{remedy}.", e.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Node(1).Resolve(Loopback);
    }
}
