using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using P2PNode.Protocol;

namespace P2PNode.Security;

/// <summary>
/// TLS as every link has it (docs/protocol.md): version 1.3 alone, a certificate of the network's CA on both sides.
/// Thread-safe.
/// </summary>
/// <param name="identity">Who this node is; asked for each connection, as it may be renewed.</param>
/// <param name="clock">Says which certificates are valid.</param>
/// <param name="protocol">What both sides say they speak: <see cref="LinkProtocol"/> or <see cref="SeedProtocol"/>.</param>
/// <param name="peers">What the other side has to be.</param>
public sealed class MutualTls(Func<NodeIdentity> identity, TimeProvider clock, SslApplicationProtocol protocol, NameRole peers)
{
    /// <summary>What nodes speak with one another.</summary>
    public static readonly SslApplicationProtocol LinkProtocol = new("p2pnode/1");

    /// <summary>What a node and a seed speak.</summary>
    public static readonly SslApplicationProtocol SeedProtocol = new("p2pnode-seed/1");

    /// <summary>Between nodes.</summary>
    public MutualTls(Func<NodeIdentity> identity, TimeProvider clock)
        : this(identity, clock, LinkProtocol, NameRole.Node)
    {
    }

    /// <summary>Greets who dialled: a member, or somebody who wants to join.</summary>
    /// <exception cref="PeerException">It is none of ours, and why.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or this node stops.</exception>
    public async Task<ProvenPeer> AcceptAsync(Stream wire, CancellationToken stop)
    {
        var self = identity();
        var judge = new CertificateJudge(self, peers, clock);
        var joins = false;
        return await ProveAsync(
            new SslStream(wire),
            judge,
            tls => tls.AuthenticateAsServerAsync(SelectAsync, state: null, stop),
            () => joins);

        ValueTask<SslServerAuthenticationOptions> SelectAsync(SslStream tls, SslClientHelloInfo hello, object? state, CancellationToken ct)
        {
            joins = hello.ServerName == JoinTls.ServerName;
            return ValueTask.FromResult(joins ? JoinTls.ServerOptions(self) : ServerOptions(self, judge));
        }
    }

    /// <summary>Introduces this node to who was dialled.</summary>
    /// <inheritdoc cref="AcceptAsync" path="/exception"/>
    public Task<ProvenPeer> DialAsync(Stream wire, CancellationToken stop)
    {
        var self = identity();
        var judge = new CertificateJudge(self, peers, clock);
        return ProveAsync(
            new SslStream(wire), judge, tls => tls.AuthenticateAsClientAsync(ClientOptions(self, judge), stop), () => false);
    }

    private async Task<ProvenPeer> ProveAsync(SslStream tls, CertificateJudge judge, Func<SslStream, Task> authenticate, Func<bool> joins)
    {
        try
        {
            await authenticate(tls);
            var due = joins() ? JoinTls.Protocol : protocol;
            if (!joins() && judge.Peer is null)
                throw NotAdmitted(judge);
            return tls.NegotiatedApplicationProtocol == due
                ? new ProvenPeer(tls, judge.Peer?.Id, judge.IssuedAt, judge.Ends)
                : throw PeerException.Violation($"it does not say that it speaks {due}");
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is not (AuthenticationException or IOException or CryptographicException))
                throw;
            throw judge.Objection is null ? Failed(e) : NotAdmitted(judge);
        }
    }

    private SslServerAuthenticationOptions ServerOptions(NodeIdentity self, CertificateJudge judge) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [protocol],
        ServerCertificateContext = self.Context,
        ClientCertificateRequired = true,
        CertificateChainPolicy = NodeIdentity.ChainPolicy(self.Authority, clock.GetUtcNow().UtcDateTime, forServer: false),
        RemoteCertificateValidationCallback = judge.Take,
        AllowTlsResume = false,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };

    private SslClientAuthenticationOptions ClientOptions(NodeIdentity self, CertificateJudge judge) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [protocol, protocol == SeedProtocol ? LinkProtocol : SeedProtocol], // So that a node in the place of a seed shows that it is one.
        ClientCertificateContext = self.Context,
        CertificateChainPolicy = NodeIdentity.ChainPolicy(self.Authority, clock.GetUtcNow().UtcDateTime, forServer: true),
        RemoteCertificateValidationCallback = judge.Take,
        AllowTlsResume = false,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };

    private static PeerException NotAdmitted(CertificateJudge judge) => judge.IsOfOtherRole
        ? PeerException.Violation(judge.Objection!)
        : new(judge.OtherNetwork is null ? PeerFault.NotAdmitted : PeerFault.OtherNetwork, judge.Objection ?? "it shows no certificate") { Network = judge.OtherNetwork };

    /// <summary>The platform tells what was wrong with the other side's offer by the words of its library alone.</summary>
    private static PeerException Failed(Exception e)
    {
        var innermost = e;
        while (innermost.InnerException is { } inner)
            innermost = inner;
        if (innermost.Message.Contains("no application protocol", StringComparison.OrdinalIgnoreCase))
            return PeerException.Violation($"it does not say that it speaks {LinkProtocol}", e);
        if (innermost.Message.Contains("unsupported protocol", StringComparison.OrdinalIgnoreCase))
            return PeerException.Violation("it does not offer TLS 1.3", e);
        return new PeerException(PeerFault.Lost, $"TLS could not be agreed on: {innermost.Message}", e);
    }
}

/// <summary>A peer that has proven which node it is, and the encrypted way to it.</summary>
/// <param name="Stream">Carries the link; owned by who gets it.</param>
/// <param name="Id">The node that its certificate names; null for who has none and wants to join.</param>
/// <param name="IssuedAt">When that was issued, as the deny list counts.</param>
/// <param name="Ends">When its certificate ends, and with it the link.</param>
public sealed record ProvenPeer(SslStream Stream, Core.NodeId? Id, long IssuedAt, DateTimeOffset Ends);
