using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Security;

/// <summary>How a machine with a token becomes a member.</summary>
public sealed class JoinTests : JoinFixture
{
    [Fact]
    public async Task With_a_token_a_machine_becomes_the_node_that_it_was_invited_as()
    {
        var token = await InviteAsync(7);
        await using var holder = Holder();

        var joined = await JoinAsync(token, "seven", holder);

        Assert.Equal(new NodeName(Authority.Network, new NodeId(7)), joined.Name);
        Assert.Equal(joined.Certificate.RawData, Folder("seven").Load()!.Certificate.RawData);
        Assert.False(File.Exists(Home["seven/identity/join.key"]));
        await using var seven = new LoopbackNode(7, network: Authority.Network, identity: joined);
        seven.Want(holder);
        await Eventually.HoldsAsync(() => holder.Table.Find(new NodeId(7)) is not null, "the two are linked");
        Assert.Equal([new NodeId(7)], Keys.Certified().Select(node => node.Id));
    }

    [Fact]
    public async Task With_the_token_of_a_seed_a_machine_becomes_a_seed_and_no_node()
    {
        var token = (await Office.InviteAsync(new NodeId(7), TimeSpan.FromHours(1), Stop, NameRole.Seed)).Token;
        await using var holder = Holder();

        var joined = await JoinAsync(token, "seven", holder);

        Assert.Equal(new NodeName(Authority.Network, new NodeId(7), NameRole.Seed), joined.Name);
        Assert.Contains(holder.Log, line => line.RenderMessage(null).EndsWith("as seed 7", StringComparison.Ordinal));
        await using var seven = new LoopbackNode(7, network: Authority.Network, identity: joined);
        var refused = await Assert.ThrowsAsync<PeerException>(() => seven.Greeter.DialBulkAsync(holder.Address, holder.Id, Stop));
        Assert.Equal(PeerFault.NotAdmitted, refused.Fault);
    }

    [Theory]
    [InlineData(NameRole.Node, NameRole.Seed)]
    [InlineData(NameRole.Seed, NameRole.Node)]
    public async Task A_token_is_good_for_the_role_alone_that_it_was_made_for(NameRole made, NameRole asked)
    {
        var token = (await Office.InviteAsync(new NodeId(7), TimeSpan.FromHours(1), Stop, made)).Token;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var publicKey = new System.Security.Cryptography.X509Certificates.PublicKey(key);

        // Who has a token can prove it for any name: the CA has to remember what it was for.
        var proof = JoinToken.Prove(token.SecretHash, new NodeName(Authority.Network, new NodeId(7), asked), publicKey.ExportSubjectPublicKeyInfo());

        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RedeemAsync(new NodeId(7), publicKey, proof, Stop, asked));
    }

    [Fact]
    public async Task Who_joins_knows_from_the_first_moment_who_was_revoked()
    {
        await using var holder = Holder();
        var list = (await Office.RevokeAsync(new NodeId(9), Stop)).List;

        var joined = await JoinAsync(await InviteAsync(7), "seven", holder);

        Assert.Equal(list.Text, RevokedAt("seven", joined).Text);

        // An older list does not take the place of a newer one of the same network.
        var newer = (await Office.RevokeAsync(new NodeId(8), Stop)).List;
        File.WriteAllText(Home["seven/identity/revoked"], newer.Text);
        File.Delete(Path.Combine(Keys.Path, "revoked"));
        await using var behind = Holder();
        joined = await JoinAsync(await InviteAsync(7), "seven", behind);
        Assert.Equal(newer.Text, RevokedAt("seven", joined).Text);
    }

    [Fact]
    public async Task Who_joins_believes_no_deny_list_that_the_ca_did_not_sign()
    {
        var token = await InviteAsync(7);
        var forged = DenyList.Empty(Authority.Network).Revoke(new NodeId(1), TestNetworkKeys.Authority, TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, forged.Text);

        var client = new JoinClient(Folder("seven"), TimeProvider.System);
        var e = await Assert.ThrowsAsync<PeerException>(() => client.JoinAsync(token, new NodeAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Stop));

        await serving;
        Assert.Equal((PeerFault.Violation, "it answered with a deny list that the network's CA did not sign"), (e.Fault, e.Message));
        Assert.Null(Folder("seven").Load());
    }

    [Fact]
    public async Task A_token_is_good_once_but_again_for_who_may_not_have_heard_the_answer()
    {
        var token = await InviteAsync(7);
        await using var holder = Holder();
        await JoinAsync(token, "seven", holder);

        var again = await Assert.ThrowsAsync<PeerException>(() => JoinAsync(token, "other", holder));
        Assert.Equal((PeerFault.TokenUsed, "the token was used already; have the node invited again"), (again.Fault, again.Message));

        Assert.False(File.Exists(Home["other/identity/join.key"]));

        // As if it had been cut off before the answer came: with the key that it made.
        File.Copy(Home["seven/identity/node.key"], Home["seven/identity/join.key"]);
        Assert.Equal(new NodeId(7), (await JoinAsync(token, "seven", holder)).Name.Id);
    }

    [Fact]
    public async Task A_token_is_useless_for_another_node_and_when_it_has_expired()
    {
        var token = await InviteAsync(7);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = new PublicKey(key);
        var proof = token.Prove(publicKey.ExportSubjectPublicKeyInfo());
        var proofForEight = JoinToken.Prove(token.SecretHash, new NodeName(token.Network, new NodeId(8)), publicKey.ExportSubjectPublicKeyInfo());
        var tomorrow = new AuthorityOffice(Keys, TestNetworkKeys.Ago(-TimeSpan.FromDays(1.1)));

        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RedeemAsync(new NodeId(8), publicKey, proof, Stop));
        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RedeemAsync(new NodeId(8), publicKey, proofForEight, Stop));
        await Assert.ThrowsAsync<JoinRefusedException>(() => Office.RedeemAsync(new NodeId(7), publicKey, new byte[32], Stop));
        await Assert.ThrowsAsync<JoinRefusedException>(() => tomorrow.RedeemAsync(new NodeId(7), publicKey, proof, Stop));
        using var certificate = await Office.RedeemAsync(new NodeId(7), publicKey, proof, Stop);

        Assert.Equal(new NodeId(7), NodeName.Of(certificate)?.Id);
    }

    [Fact]
    public async Task Of_many_who_come_with_one_token_at_once_one_gets_in()
    {
        var token = await InviteAsync(7);
        var tries = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var publicKey = new PublicKey(key);
            using var certificate = await Office.RedeemAsync(new NodeId(7), publicKey, token.Prove(publicKey.ExportSubjectPublicKeyInfo()), Stop);
        }));

        var ended = await Task.WhenAll(tries.Select(one => one.ContinueWith(t => t.Exception?.InnerException, TaskScheduler.Default)));

        Assert.Single(ended, e => e is null);
        Assert.Equal(7, ended.Count(e => e is JoinRefusedException));
    }

    [Fact]
    public async Task The_secret_is_kept_nowhere()
    {
        var token = await InviteAsync(7);
        Assert.NotNull(CrockfordBase32.Decode(token.ToString().Replace("-", "")));
        var secret = Convert.ToHexStringLower(CrockfordBase32.Decode(token.ToString().Replace("-", ""))!.AsSpan(21, 16));

        var kept = File.ReadAllText(Home[".p2pnode/network/invites"]);

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(secret))), kept, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(token.ToString(), kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_the_ca_says_so()
    {
        var token = await InviteAsync(7);
        await using var two = new LoopbackNode(2, network: Authority.Network, identity: TestNetworkKeys.Issue(2, by: Authority));

        var e = await Assert.ThrowsAsync<PeerException>(() => JoinAsync(token, "seven", two));

        Assert.Equal(PeerFault.Rejected, e.Fault);
        Assert.StartsWith("node 2 does not hold the network's CA; ", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Home["seven/identity/join.key"]));
    }

    [Fact]
    public async Task A_key_that_may_have_been_certified_is_not_dropped_because_another_node_refuses()
    {
        var token = await InviteAsync(7);
        Folder("seven").LoadOrCreateKeyToJoin().Dispose(); // Of a try whose answer was lost.
        var kept = File.ReadAllText(Home["seven/identity/join.key"]);
        await using var two = new LoopbackNode(2, network: Authority.Network, identity: TestNetworkKeys.Issue(2, by: Authority));

        await Assert.ThrowsAsync<PeerException>(() => JoinAsync(token, "seven", two));

        Assert.Equal(kept, File.ReadAllText(Home["seven/identity/join.key"]));
    }

    [Fact]
    public async Task Who_is_invited_again_joins_with_the_last_token_alone()
    {
        var first = await InviteAsync(7);
        var eight = await InviteAsync(8);
        var second = await Office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop);
        await using var holder = Holder();

        var refused = await Assert.ThrowsAsync<PeerException>(() => JoinAsync(first, "first", holder));
        Assert.Contains("the node was invited again", refused.Message, StringComparison.Ordinal);
        await JoinAsync(second.Token, "second", holder);
        await JoinAsync(eight, "eight", holder);

        Assert.Equal((true, false, null), (second.ReplacesToken, second.IsRevoked, second.MemberUntil));
    }

    [Fact]
    public async Task Who_is_a_member_and_is_invited_again_is_named_until_it_is_revoked()
    {
        await using var holder = Holder();
        var joined = await JoinAsync(await InviteAsync(7), "seven", holder);

        var asMember = await Office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop);
        await Office.RevokeAsync(new NodeId(7), Stop);
        var asRevoked = await Office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop);

        Assert.Equal((false, false, joined.Ends), (asMember.ReplacesToken, asMember.IsRevoked, asMember.MemberUntil));
        Assert.Equal((false, true, null), (asRevoked.ReplacesToken, asRevoked.IsRevoked, asRevoked.MemberUntil));
        await Assert.ThrowsAsync<PeerException>(() => JoinAsync(asMember.Token, "other", holder));
    }

    [Fact]
    public async Task No_seed_is_invited_under_the_number_of_a_node()
    {
        await using var holder = Holder();
        await JoinAsync(await InviteAsync(7), "seven", holder);

        var refused = await Assert.ThrowsAsync<KeyException>(() => Office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop, NameRole.Seed));

        Assert.Equal("7 is the number of a node; choose another one for the seed.", refused.Message);
    }

    [Fact]
    public async Task Who_is_no_member_of_the_tokens_network_is_told_nothing()
    {
        var token = await InviteAsync(7);
        await using var stranger = new LoopbackNode(1);

        var e = await Assert.ThrowsAsync<PeerException>(() => JoinAsync(token, "seven", stranger));

        Assert.Equal((PeerFault.OtherNetwork, $"it is no node of network {Authority.Network}"), (e.Fault, e.Message));
        Assert.False(Directory.Exists(Home["seven"]));
        await Eventually.HoldsAsync(() => stranger.Log.Any(line => line.RenderMessage(null).Contains("it hung up without asking to join", StringComparison.Ordinal)), "it got no request");
    }

    [Fact]
    public async Task Who_joins_may_say_nothing_else()
    {
        await using var holder = Holder();
        await using var connection = await ConnectAsync(holder);
        var hello = new Hello { MinVersion = 1, MaxVersion = 1, Network = Authority.Network, NodeId = 7, Instance = 7, Host = "127.0.0.1", Port = 1 };

        await connection.WriteAsync(FrameType.Hello, hello, WireLimits.HelloBytes);

        await Eventually.HoldsAsync(() => holder.Log.Any(line => line.RenderMessage(null).Contains("a Hello frame came where JoinRequest was due", StringComparison.Ordinal)), "it is refused");
        Assert.Empty(holder.Table.All());
    }

    [Fact]
    public async Task One_address_may_not_try_for_ever()
    {
        await using var holder = Holder();
        for (var i = 0; i < 11; i++)
        {
            await using var connection = await ConnectAsync(holder);
            await connection.WriteAsync(FrameType.JoinRequest, new JoinRequest { NodeId = 7 }, WireLimits.JoinBytes);
            (await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))?.Dispose();
            using var answer = (await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))!.Value;
            var expected = i < 10 ? "no valid node ID or key" : "too many have tried";
            Assert.Contains(expected, answer.Parse(Refuse.Parser).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2A8648CE3D030107", "2A8648CE3F030107")] // A curve that nobody knows.
    [InlineData("2A8648CE3D0201", "2A864CCE3D0201")] // A kind of key that nobody knows.
    [InlineData("2A8648CE3D040302", "2A8648CC3D040302")] // Nor a way to sign.
    public async Task A_key_of_an_unknown_kind_is_refused_and_is_no_defect(string known, string unknown)
    {
        await using var holder = Holder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Convert.ToHexString(new CertificateRequest("CN=seven", key, HashAlgorithmName.SHA256).CreateSigningRequest());
        Assert.Contains(known, request, StringComparison.Ordinal);
        await using var connection = await ConnectAsync(holder);
        var spoilt = ByteString.CopyFrom(Convert.FromHexString(request.Replace(known, unknown, StringComparison.Ordinal)));

        await connection.WriteAsync(FrameType.JoinRequest, new JoinRequest { NodeId = 7, Request = spoilt }, WireLimits.JoinBytes);

        (await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))?.Dispose();
        using var answer = await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20));
        Assert.Contains("no valid node ID or key", answer?.Parse(Refuse.Parser).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_does_not_hold_its_place_with_frames_that_may_be_ignored()
    {
        await using var holder = Holder();
        await using var stranger = await ConnectAsync(holder);
        (await stranger.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))?.Dispose();

        await stranger.WriteAsync(new byte[] { 0, 0, 0, 0, 200, 1 });

        Assert.Null(await stranger.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)));
    }

    private DenyList RevokedAt(string folder, NodeIdentity identity) =>
        new Revocations(identity, Folder(folder), new NetworkFolder(Home["nowhere"]), Logger.None).List;

    /// <summary>Is a node that holds the CA, and sends a list of its choice with the certificate.</summary>
    private async Task AnswerAsync(TcpListener listener, string denyList)
    {
        var self = TestNetworkKeys.Issue(1, by: Authority);
        await using var connection = await TestNetworkKeys.Connector(self).AcceptAsync(await listener.AcceptSocketAsync(Stop), Stop);
        await connection.WriteAsync(FrameType.JoinOffer, new JoinOffer { Authority = ByteString.CopyFrom(self.Authority.RawData) }, WireLimits.JoinBytes);
        using var frame = (await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))!.Value;
        var request = CertificateRequest.LoadSigningRequest(frame.Parse(JoinRequest.Parser).Request.ToByteArray(), HashAlgorithmName.SHA256);
        using var certificate = Authority.Issue(new NodeId(7), request.PublicKey, TimeProvider.System);
        var answer = new JoinAnswer { Certificate = ByteString.CopyFrom(certificate.RawData), DenyList = denyList };
        await connection.WriteAsync(FrameType.JoinAnswer, answer, WireLimits.ControlBytes);
        (await connection.ReadAsync(WireLimits.JoinBytes, TimeSpan.FromSeconds(20)))?.Dispose();
    }

    private static async Task<Connection> ConnectAsync(LoopbackNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Endpoint.Port));
        return new Connection(await JoinTls.DialAsync(Connection.WireOver(socket), Stop), remote: null, TimeProvider.System);
    }
}
