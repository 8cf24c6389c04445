using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;

namespace P2PNode.Transport;

/// <summary>Has a key certified by a node that holds the CA: that of a node that is to join, or of one whose certificate ends.</summary>
public sealed class JoinClient(IdentityFolder folder, TimeProvider clock)
{
    /// <summary>Joins with a token. When this returns the node's identity is on the disk.</summary>
    /// <exception cref="PeerException">The seed could not be reached, is no member of the network, or refused.</exception>
    /// <exception cref="KeyException">The node's key cannot be used.</exception>
    /// <exception cref="IOException">The identity cannot be written.</exception>
    public async Task<NodeIdentity> JoinAsync(JoinToken token, NodeAddress seed, CancellationToken stop)
    {
        var name = token.Name;
        var isFirstTry = !folder.HasKeyToJoin;
        try
        {
            return await AskAsync(
                seed,
                name,
                folder.LoadOrCreateKeyToJoin,
                (request, key) => request.Proof = ByteString.CopyFrom(token.Prove(key.ExportSubjectPublicKeyInfo())),
                (key, certificate, authority, revoked) => folder.SaveJoined(key, certificate, authority, name, revoked),
                stop);
        }
        catch (PeerException e) when (e.Fault is PeerFault.TokenUsed || (e.Fault is PeerFault.Rejected && isFirstTry))
        {
            folder.DropKeyToJoin(); // Nobody certified it; that of an earlier try may have been, and the answer lost.
            throw;
        }
    }

    /// <summary>Renews an identity, whose key stays.</summary>
    /// <inheritdoc cref="JoinAsync" path="/exception"/>
    public Task<NodeIdentity> RenewAsync(NodeIdentity current, NodeAddress seed, CancellationToken stop) => AskAsync(
        seed,
        current.Name,
        () => current.Certificate.GetECDsaPrivateKey()!,
        (request, _) => request.Certificate = ByteString.CopyFrom(current.Certificate.RawData),
        (key, certificate, authority, _) => folder.SaveRenewed(key, certificate, authority, current.Name),
        stop);

    private async Task<NodeIdentity> AskAsync(
        NodeAddress seed,
        NodeName name,
        Func<ECDsa> keyOf,
        Action<JoinRequest, PublicKey> prove,
        Func<ECDsa, X509Certificate2, X509Certificate2, DenyList, NodeIdentity> save,
        CancellationToken stop)
    {
        var tls = await ConnectAsync(seed, stop);
        await using var connection = new Connection(tls, remote: null, clock);
        await using var cut = stop.Register(connection.Abort);
        using var offered = await ReadAsync(connection, FrameType.JoinOffer, WireLimits.JoinBytes);
        using var authority = JoinTls.CheckServer(tls, offered.Parse(JoinOffer.Parser).Authority.Span, name.Network, clock);
        using var key = keyOf();
        var signing = new CertificateRequest($"CN=P2PNode node {name.Id}", key, HashAlgorithmName.SHA256);
        var request = new JoinRequest { NodeId = name.Id.Value, Seed = name.Role is NameRole.Seed, Request = ByteString.CopyFrom(signing.CreateSigningRequest()) };
        prove(request, signing.PublicKey);
        await connection.WriteAsync(FrameType.JoinRequest, request, WireLimits.JoinBytes);
        using var frame = await ReadAsync(connection, FrameType.JoinAnswer, WireLimits.ControlBytes);
        var answer = frame.Parse(JoinAnswer.Parser);
        var revoked = DenyList.Empty(name.Network);
        if (answer.DenyList.Length > 0 && !DenyList.TryParse(answer.DenyList, authority, out revoked))
            throw PeerException.Violation("it answered with a deny list that the network's CA did not sign");
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(answer.Certificate.Span);
            return save(key, certificate, authority, revoked);
        }
        catch (CryptographicException e)
        {
            throw PeerException.Violation($"it answered with a certificate that is no good, as {e.Message}", e);
        }
    }

    private async Task<SslStream> ConnectAsync(NodeAddress seed, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(WireLimits.Connect + WireLimits.Tls, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp); // Descriptors may have run out.
            await socket.ConnectAsync(seed.Host, seed.Port, either.Token);
            return await JoinTls.DialAsync(Connection.WireOver(socket), either.Token);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            throw e switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new PeerException(
                    PeerFault.ConnectionRefused, "no node listens there; start one beside the network's CA, or correct the address", e),
                SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => new PeerException(
                    PeerFault.Unreachable, "there is no such host; correct the address", e),
                SocketException => new PeerException(PeerFault.Unreachable, $"it cannot be reached ({e.Message}); correct the address, or see to the network", e),
                OperationCanceledException when !stop.IsCancellationRequested => new PeerException(PeerFault.TimedOut, "it did not answer in time", e),
                _ => e,
            };
        }
    }

    /// <exception cref="PeerException">Another frame came, or none.</exception>
    private static async Task<Frame> ReadAsync(Connection connection, FrameType due, int limit)
    {
        var frame = await connection.ReadAsync(limit, WireLimits.WholeFrame, passOver: false) ?? throw new PeerException(PeerFault.Lost, "it hung up");
        if (frame.Type == due)
            return frame;
        using (frame)
        {
            if (frame.Type != FrameType.Refuse)
                throw PeerException.Violation($"a {frame.Type} frame came where {due} was due");
            var refuse = frame.Parse(Refuse.Parser);
            throw new PeerException(
                refuse.Reason == RefuseReason.TokenUsed ? PeerFault.TokenUsed : PeerFault.Rejected,
                PeerText.Printable(refuse.Text, PeerText.SentenceLength));
        }
    }
}
