using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Serilog.Events;

namespace P2PNode.Tests.Security;

/// <summary>Whoever is no member is turned away before a word of it is read, with one line that says why.</summary>
public sealed class MutualTlsTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Links_are_tls_1_3_with_both_sides_proven()
    {
        await using var one = new LoopbackNode(1);
        await using var connection = await TestNetworkKeys.Connector(2).DialAsync(await ConnectAsync(one), Stop);

        Assert.Equal(one.Id, connection.Proven);
        await new Handshake(Self(2)).DialAsync(connection, one.Id, LinkKind.Control);
        await Eventually.HoldsAsync(() => one.Table.Find(new NodeId(2)) is not null, "the two are linked");
    }

    [Fact]
    public Task A_certificate_that_has_ended_is_refused() =>
        RefusedAsync(TestNetworkKeys.Issue(2, issuedAgo: 100 * Day), "its certificate ended on ");

    [Fact]
    public Task A_certificate_that_is_not_valid_yet_is_refused() =>
        RefusedAsync(TestNetworkKeys.Issue(2, issuedAgo: -2 * Day), "its certificate is not valid before ");

    [Fact]
    public async Task A_member_of_another_network_is_refused_by_either_side()
    {
        using var other = NetworkAuthority.Create(local: false, TimeProvider.System);
        await using var one = new LoopbackNode(1);
        var stranger = TestNetworkKeys.Connector(TestNetworkKeys.Issue(2, by: other));

        var e = await Assert.ThrowsAsync<PeerException>(async () => await stranger.DialAsync(await ConnectAsync(one), Stop));

        Assert.Equal((PeerFault.OtherNetwork, TestNetworkKeys.Network, $"it belongs to network {TestNetworkKeys.Network}, not to {other.Network}"), (e.Fault, e.Network, e.Message));
        await RefusedAsync(TestNetworkKeys.Issue(2, by: other), $"it belongs to network {other.Network}, not to {TestNetworkKeys.Network}");
    }

    [Fact]
    public async Task A_ca_that_somebody_made_in_the_name_of_the_network_counts_for_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forged = Forge(key, new NodeName(TestNetworkKeys.Network, new NodeId(2)));

        await RefusedAsync(SslStreamCertificateContext.Create(forged, null, offline: true), "its certificate was not issued by the CA of this network");
    }

    [Fact]
    public async Task A_member_cannot_say_who_is_another_one()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var member = TestNetworkKeys.Identity(2).Certificate;
        using var signer = member.GetECDsaPrivateKey()!;
        var request = Named(new NodeName(TestNetworkKeys.Network, new NodeId(1)), member.SubjectName, key);
        var now = TimeProvider.System.GetUtcNow();
        using var forged = request.Create(member.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now - Day, now + Day, [1]);
        using var usable = forged.CopyWithPrivateKey(key);

        await RefusedAsync(SslStreamCertificateContext.Create(usable, [member], offline: true), "its certificate ");
    }

    [Fact]
    public Task Without_a_certificate_nobody_is_taken() => RefusedAsync(certificates: null, "it shows no certificate");

    [Fact]
    public async Task The_certificate_of_node_3_is_not_good_for_node_1()
    {
        await using var two = new LoopbackNode(2);
        await using var connection = await TestNetworkKeys.Connector(3).DialAsync(await ConnectAsync(two), Stop);

        var e = await Assert.ThrowsAsync<PeerException>(() => new Handshake(Self(1)).DialAsync(connection, two.Id, LinkKind.Control));

        Assert.Equal((PeerFault.Rejected, "the certificate is that of node 3, but the greeting says node 1"), (e.Fault, e.Message));
        await IsToldAsync(two, e.Message);
    }

    [Fact]
    public async Task Who_dials_says_nothing_to_another_node_than_it_means_to_reach()
    {
        await using var one = new LoopbackNode(1);
        await using var three = new LoopbackNode(3);

        var e = await Assert.ThrowsAsync<PeerException>(() => three.Greeter.DialAsync(one.Address, new NodeId(2), Stop));

        Assert.Equal((PeerFault.Rejected, "node 1 answers there, not node 2"), (e.Fault, e.Message));
        await IsToldAsync(one, "it hung up without a word");
    }

    [Fact]
    public async Task Plain_tcp_is_refused()
    {
        await using var one = new LoopbackNode(1);
        await using var plain = PlainLink.Over(await ConnectAsync(one), TimeProvider.System);

        await Assert.ThrowsAsync<PeerException>(() => new Handshake(Self(2)).DialAsync(plain, one.Id, LinkKind.Control));

        await IsToldAsync(one, "it does not speak TLS");
    }

    [Fact]
    public async Task Tls_1_2_is_refused()
    {
        await using var one = new LoopbackNode(1);
        await using var old = new SslStream(new NetworkStream(await ConnectAsync(one), ownsSocket: true));
        var options = Options(TestNetworkKeys.Identity(2).Context);
        options.EnabledSslProtocols = SslProtocols.Tls12;

        await Assert.ThrowsAnyAsync<Exception>(() => old.AuthenticateAsClientAsync(options, Stop));

        await IsToldAsync(one, "it does not offer TLS 1.3");
    }

    [Fact]
    public async Task A_protocol_that_this_node_does_not_speak_is_named_as_the_reason()
    {
        await using var one = new LoopbackNode(1);
        await using var web = new SslStream(new NetworkStream(await ConnectAsync(one), ownsSocket: true));
        var options = Options(TestNetworkKeys.Identity(2).Context);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];

        await Assert.ThrowsAnyAsync<Exception>(() => web.AuthenticateAsClientAsync(options, Stop));

        await IsToldAsync(one, "it does not say that it speaks p2pnode/1");
    }

    [Fact]
    public async Task Another_protocol_within_tls_is_refused()
    {
        await using var one = new LoopbackNode(1);
        await using var web = new SslStream(new NetworkStream(await ConnectAsync(one), ownsSocket: true));
        var options = Options(TestNetworkKeys.Identity(2).Context);
        options.ApplicationProtocols = null;

        await web.AuthenticateAsClientAsync(options, Stop);

        await IsToldAsync(one, "it does not say that it speaks p2pnode/1");
    }

    private static Task RefusedAsync(NodeIdentity identity, string reason) => RefusedAsync(identity.Context, reason);

    /// <summary>Shows a certificate, takes any, and says Hello at once, as nobody honest would.</summary>
    private static async Task RefusedAsync(SslStreamCertificateContext? certificates, string reason)
    {
        await using var one = new LoopbackNode(1);
        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(one), ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(Options(certificates), Stop);
            await using var connection = new Connection(tls, remote: null, TimeProvider.System);
            await Assert.ThrowsAsync<PeerException>(() => new Handshake(Self(2)).DialAsync(connection, one.Id, LinkKind.Control));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // It may hear of it in the handshake already.
        }

        await IsToldAsync(one, reason);
    }

    private static async Task IsToldAsync(LoopbackNode node, string reason)
    {
        await Eventually.HoldsAsync(() => !node.Log.IsEmpty, "the log says something");
        var line = Assert.Single(node.Log);
        Assert.Equal(LogEventLevel.Warning, line.Level);
        Assert.True(line.RenderMessage(null).Contains(reason, StringComparison.Ordinal), line.RenderMessage(null));
        Assert.Empty(node.Table.All());
        Assert.False(node.Table.Events.TryRead(out _));
    }

    private static SslClientAuthenticationOptions Options(SslStreamCertificateContext? certificates) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [MutualTls.LinkProtocol],
        ClientCertificateContext = certificates,
        RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
    };

    private static X509Certificate2 Forge(ECDsa key, NodeName name)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Named(name, TestNetworkKeys.Authority.Certificate.SubjectName, key).CreateSelfSigned(now - Day, now + Day);
    }

    private static CertificateRequest Named(NodeName name, X500DistinguishedName subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(name.ToString()));
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static LocalNode Self(int id) =>
        new(new NodeId(id), (ulong)id, 1, new NodeAddress("127.0.0.1", 1), "test", TestNetworkKeys.Network);

    private static async Task<Socket> ConnectAsync(LoopbackNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Endpoint);
        return socket;
    }
}
