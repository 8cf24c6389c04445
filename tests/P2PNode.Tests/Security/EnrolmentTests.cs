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
    private readonly LogLines _log = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private NetworkFolder Network => new(_home.Path);

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task On_one_machine_a_node_needs_nothing()
    {
        var first = await Node(1).ResolveAsync(Loopback, Stop);
        var second = await Node(2).ResolveAsync(Loopback, Stop);
        var again = await Node(1).ResolveAsync(Loopback, Stop);

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
            async () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                return await Node(id).ResolveAsync(Loopback, Stop);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap());

        var identities = await Task.WhenAll(starting);

        Assert.Single(identities.Select(identity => identity.Name.Network).Distinct());
        Assert.All(identities, identity => Assert.True(identity.IsIssued()));
        Assert.Equal([_home[".p2pnode/network"]], Directory.GetFileSystemEntries(_home[".p2pnode"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Keys_are_for_their_owner_alone()
    {
        await Node(1).ResolveAsync(Loopback, Stop);

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
    public async Task Nobody_speaks_with_other_machines_without_a_network(string host)
    {
        await Node(1).ResolveAsync(Loopback, Stop); // A network of this machine alone is none.
        var abroad = new NodeAddress(host, 5001);

        var local = await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync([Loopback[0], abroad], Stop));
        Directory.Delete(_home[".p2pnode"], recursive: true);
        var none = await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync([abroad], Stop));

        Assert.Equal(local.Message, none.Message);
        Assert.Contains($" {abroad} ", none.Message, StringComparison.Ordinal);
        Assert.Contains("'p2pnode network create'", none.Message, StringComparison.Ordinal);
        Assert.Contains("'p2pnode network join TOKEN --seed HOST:PORT'", none.Message, StringComparison.Ordinal);
        Assert.False(Network.Exists);
    }

    [Fact]
    public async Task In_a_network_that_was_made_any_address_will_do()
    {
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;

        Assert.Equal(authority.Network, (await Node(1).ResolveAsync([new NodeAddress("0.0.0.0", 5001)], Stop)).Name.Network);
    }

    [Fact]
    public async Task A_node_that_has_joined_needs_no_ca()
    {
        Join(1, TestNetworkKeys.Authority);

        Assert.Equal(TestNetworkKeys.Network, (await Node(1).ResolveAsync([new NodeAddress("10.0.0.5", 1)], Stop)).Name.Network);
        Assert.False(Network.Exists);
    }

    [Fact]
    public async Task What_a_node_joined_as_is_no_good_for_another_nor_when_it_has_ended()
    {
        Join(1, TestNetworkKeys.Authority);

        var other = await Assert.ThrowsAsync<KeyException>(() => Node(2, folder: 1).ResolveAsync(Loopback, Stop));
        var ended = await Assert.ThrowsAsync<IdentityRefusedException>(() => Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromDays(91))).ResolveAsync(Loopback, Stop));

        Assert.Contains("that of node 1;", other.Message, StringComparison.Ordinal);
        Assert.StartsWith("The certificate of node 1 ended on ", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_ca_is_here_what_does_not_fit_is_issued_anew()
    {
        Join(1, TestNetworkKeys.Authority);
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;

        Assert.Equal(new NodeName(authority.Network, new NodeId(1)), (await Node(1).ResolveAsync(Loopback, Stop)).Name);
        Assert.Equal(new NodeName(authority.Network, new NodeId(2)), (await Node(2, folder: 1).ResolveAsync(Loopback, Stop)).Name);
        foreach (var file in new[] { "node.key", "node.crt", "ca.crt" })
        {
            File.WriteAllText(_home[$"NODE1/.p2pnode/identity/{file}"], "-----BEGIN");
            _log.Clear();
            Assert.Equal(new NodeName(authority.Network, new NodeId(1)), (await Node(1).ResolveAsync(Loopback, Stop)).Name);
            var line = Assert.Single(_log.Lines);
            Assert.StartsWith($"Replaced the identity in {_home["NODE1/.p2pnode/identity"]}, ", line, StringComparison.Ordinal);
            Assert.Contains($"{file} is damaged: ", line, StringComparison.Ordinal);
            _log.Clear();
            await Node(1).ResolveAsync(Loopback, Stop);
            Assert.Empty(_log.Lines);
        }
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task A_certificate_is_renewed_a_month_before_its_end(int age, bool same)
    {
        var first = await Node(1).ResolveAsync(Loopback, Stop);
        var later = Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromDays(age)));

        Assert.Equal(same, await later.RenewAsync(first, Stop) is null);
        Assert.Equal(same, (await later.ResolveAsync(Loopback, Stop)).Certificate.SerialNumber == first.Certificate.SerialNumber);
    }

    [Theory]
    [InlineData("ca.key", "it should hold a private key")]
    [InlineData("ca.crt", "it should hold a certificate")]
    public async Task A_damaged_ca_is_named_and_nothing_of_it_is_told(string file, string what)
    {
        await Node(1).ResolveAsync(Loopback, Stop);
        var path = _home[$".p2pnode/network/{file}"];
        var text = File.ReadAllText(path);

        foreach (var damage in new[] { "", "MC4CAQ", text[..(text.Length / 2)], text.Replace('A', 'B') + text })
        {
            File.WriteAllText(path, damage);
            var e = await Assert.ThrowsAnyAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop));
            Assert.Contains(_home[".p2pnode/network"], e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("MC4CAQ", e.ToString(), StringComparison.Ordinal);
        }

        File.WriteAllText(path, "");
        Assert.StartsWith($"{path} is damaged: {what}", (await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop))).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.StartsWith($"{path} is missing; ", (await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_certified_runs_on_while_the_key_of_the_ca_is_kept_elsewhere()
    {
        using var authority = Network.LoadOrCreate(local: false, TimeProvider.System).Authority;
        var first = await Node(1).ResolveAsync(Loopback, Stop);
        File.Move(_home[".p2pnode/network/ca.key"], _home["safe"]);

        Assert.Equal(first.Certificate.RawData, (await Node(1).ResolveAsync(Loopback, Stop)).Certificate.RawData);
    }

    [Theory]
    [InlineData("node.key")]
    [InlineData("node.crt")]
    [InlineData("ca.crt")]
    public async Task A_damaged_identity_without_the_ca_is_named(string file)
    {
        Join(1, TestNetworkKeys.Authority);
        var path = _home[$"NODE1/.p2pnode/identity/{file}"];
        File.WriteAllText(path, File.ReadAllText(path)[..60]);

        var e = await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop));

        Assert.StartsWith($"{path} is damaged: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_a_process_left_which_was_killed_do_not_lie_about_for_ever()
    {
        await Node(1).ResolveAsync(Loopback, Stop);
        var random = $"{Guid.NewGuid():N}";
        string[] left = [_home.Write($".p2pnode/network.{random}/ca.key", ""), _home.Write($".p2pnode/network/ca.key.{random}", ""), _home.Write($"NODE1/.p2pnode/identity/node.key.{random}", "")];
        var join = _home.Write("NODE1/.p2pnode/identity/join.key", "");

        await Node(1).ResolveAsync(Loopback, Stop);
        Assert.All(left.Append(join), path => Assert.True(File.Exists(path), "Another process may be at work."));
        await Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromMinutes(2))).ResolveAsync(Loopback, Stop);
        Assert.All(left, path => Assert.False(File.Exists(path), path));
        Assert.True(File.Exists(join), "The answer may come yet.");
        await Node(1, clock: TestNetworkKeys.Ago(-TimeSpan.FromDays(31))).ResolveAsync(Loopback, Stop);
        Assert.False(File.Exists(join));
        Assert.Equal([_home[".p2pnode/network"]], Directory.GetFileSystemEntries(_home[".p2pnode"]));
    }

    [Fact]
    public async Task A_key_on_a_curve_that_nobody_knows_is_damage_like_any_other()
    {
        Join(1, TestNetworkKeys.Authority);
        var path = _home["NODE1/.p2pnode/identity/node.key"];
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        var bytes = Convert.ToHexString(key.ExportPkcs8PrivateKey());
        Assert.Contains("2A8648CE3D030107", bytes, StringComparison.Ordinal);
        File.WriteAllText(path, PemEncoding.WriteString("PRIVATE KEY", Convert.FromHexString(bytes.Replace("2A8648CE3D030107", "2A8648CE3D03011C", StringComparison.Ordinal))));

        var e = await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop));

        Assert.StartsWith($"{path} is damaged: ", e.Message, StringComparison.Ordinal);
    }

    private Enrolment Node(int id, int? folder = null, TimeProvider? clock = null) =>
        new(Network, Identity(folder ?? id), new NodeId(id), clock ?? TimeProvider.System, _log.Logger);

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
    public async Task A_key_that_others_can_read_is_not_used(string key, UnixFileMode more, string remedy)
    {
        await Node(1).ResolveAsync(Loopback, Stop);
        var path = _home[key];
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

        var e = await Assert.ThrowsAsync<KeyException>(() => Node(1).ResolveAsync(Loopback, Stop));
        Assert.StartsWith($"{path} is a private key that other users can reach", e.Message, StringComparison.Ordinal);
        Assert.Contains($"run 'chmod 600 {path}'", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{remedy}.", e.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Node(1).ResolveAsync(Loopback, Stop);
    }
}
