using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using Serilog;

namespace P2PNode.Transport;

/// <summary>Answers who wants to join with a token, or to renew its certificate (docs/protocol.md); any node does, but only one with the CA can say yes. Thread-safe.</summary>
internal sealed class JoinServer(Func<NodeIdentity> identity, NetworkFolder network, Revocations revocations, TimeProvider clock, ILogger log)
{
    private readonly JoinTries _tries = new(clock);

    /// <summary>Serves one stranger to the end.</summary>
    /// <exception cref="PeerException">It broke the rules, or was refused.</exception>
    public async Task ServeAsync(Connection connection, IPAddress from, CancellationToken stop)
    {
        var self = identity();
        await connection.WriteAsync(FrameType.JoinOffer, new JoinOffer { Authority = ByteString.CopyFrom(self.Authority.RawData) }, WireLimits.JoinBytes);
        using var frame = await connection.ReadAsync(WireLimits.JoinBytes, WireLimits.Hello, passOver: false)
            ?? throw new PeerException(PeerFault.Lost, "it hung up without asking to join");
        if (frame.Type != FrameType.JoinRequest)
            throw PeerException.Violation($"a {frame.Type} frame came where JoinRequest was due");
        var request = frame.Parse(JoinRequest.Parser);
        try
        {
            if (!_tries.MayTry(from))
                throw new JoinRefusedException("too many have tried to join from that address; try again in a minute");
            using var certificate = await CertifyAsync(request, stop);
            log.Certified(RoleOf(request), new NodeId(request.NodeId), from);
            var answer = new JoinAnswer { Certificate = ByteString.CopyFrom(certificate.RawData), DenyList = revocations.List.Text };
            await connection.WriteAsync(FrameType.JoinAnswer, answer, WireLimits.ControlBytes);
        }
        catch (JoinRefusedException e)
        {
            await Handshake.RefuseAsync(connection, new Refuse { Reason = e.IsUsed ? RefuseReason.TokenUsed : RefuseReason.NotProven, Text = e.Message });
            throw new PeerException(PeerFault.Rejected, $"it may not join: {e.Message}");
        }
    }

    private async Task<X509Certificate2> CertifyAsync(JoinRequest request, CancellationToken stop)
    {
        if (!network.Exists)
            throw new JoinRefusedException($"{identity().Name.Who} does not hold the network's CA; name a node that runs where 'p2pnode network create' was run with --seed");
        if (request.NodeId <= 0 || KeyOf(request) is not { } key)
            throw new JoinRefusedException("the request has no valid node ID or key");
        try
        {
            var (office, id) = (new AuthorityOffice(network, clock), new NodeId(request.NodeId));
            var role = RoleOf(request);
            revocations.TryTake(network.ReadRevoked()); // Who joins is to know the newest.
            return request.Proof.IsEmpty && !request.Certificate.IsEmpty
                ? await office.RenewAsync(id, key, request.Certificate.Memory, stop, role)
                : await office.RedeemAsync(id, key, request.Proof.Memory, stop, role);
        }
        catch (Exception e) when (e is KeyException or IOException or UnauthorizedAccessException)
        {
            log.CannotCertify(e.Message);
            throw new JoinRefusedException("the network's CA cannot be used at the moment; the log of the node that was asked says why");
        }
    }

    private static NameRole RoleOf(JoinRequest request) => request.Seed ? NameRole.Seed : NameRole.Node;

    /// <summary>The key that is to be certified; null unless it is of the one kind that nodes have, and the sender has it.</summary>
    private static PublicKey? KeyOf(JoinRequest request)
    {
        try
        {
            var read = CertificateRequest.LoadSigningRequest(request.Request.ToByteArray(), HashAlgorithmName.SHA256);
            using var key = read.PublicKey.GetECDsaPublicKey();
            var curve = key?.ExportParameters(includePrivateParameters: false).Curve;
            return curve is { IsNamed: true, Oid.Value: { } name } && name == ECCurve.NamedCurves.nistP256.Oid.Value ? read.PublicKey : null;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            return null; // The latter is what a kind of key or a curve comes to that nobody knows.
        }
    }
}
