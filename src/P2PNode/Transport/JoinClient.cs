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

/// <summary>Joins a network with a token, for the node that it is for: makes its key and has that certified by a seed.</summary>
public sealed class JoinClient(JoinToken token, IdentityFolder folder, TimeProvider clock)
{
    /// <summary>When this returns the node's identity is on the disk.</summary>
    /// <exception cref="PeerException">The seed could not be reached, is no member of the network, or refused.</exception>
    /// <exception cref="KeyException">The node's key cannot be used.</exception>
    /// <exception cref="IOException">The identity cannot be written.</exception>
    public async Task<NodeIdentity> JoinAsync(NodeAddress seed, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(WireLimits.Connect + WireLimits.Tls, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        SslStream tls;
        try
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(seed.Host, seed.Port, either.Token);
            tls = await JoinTls.DialAsync(Connection.WireOver(socket), either.Token);
        }
        catch (SocketException e)
        {
            throw new PeerException(PeerFault.Unreachable, e.Message, e);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new PeerException(PeerFault.TimedOut, "it did not answer in time");
        }

        await using var connection = new Connection(tls, remote: null, clock);
        await using var cut = stop.Register(connection.Abort);
        return await AskAsync(connection, tls);
    }

    private async Task<NodeIdentity> AskAsync(Connection connection, SslStream tls)
    {
        using var offered = await ReadAsync(connection, FrameType.JoinOffer);
        var authority = JoinTls.CheckServer(tls, offered.Parse(JoinOffer.Parser).Authority.Span, token, clock);
        using var key = folder.LoadOrCreateKeyToJoin();
        var request = new CertificateRequest($"CN=P2PNode node {token.Id}", key, HashAlgorithmName.SHA256);
        var join = new JoinRequest
        {
            NodeId = token.Id.Value,
            Request = ByteString.CopyFrom(request.CreateSigningRequest()),
            Proof = ByteString.CopyFrom(token.Prove(request.PublicKey.ExportSubjectPublicKeyInfo())),
        };
        await connection.WriteAsync(FrameType.JoinRequest, join, WireLimits.JoinBytes);
        using var frame = await ReadAsync(connection, FrameType.JoinAnswer);
        var answer = frame.Parse(JoinAnswer.Parser);
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(answer.Certificate.Span);
            return folder.SaveJoined(key, certificate, authority, new NodeName(token.Network, token.Id));
        }
        catch (CryptographicException e)
        {
            throw PeerException.Violation($"it answered with a certificate that is no good, as {e.Message}", e);
        }
    }

    /// <exception cref="PeerException">Another frame came, or none.</exception>
    private static async Task<Frame> ReadAsync(Connection connection, FrameType due)
    {
        var frame = await connection.ReadAsync(WireLimits.ControlBytes, WireLimits.WholeFrame) ?? throw new PeerException(PeerFault.Lost, "it hung up");
        if (frame.Type == due)
            return frame;
        using (frame)
        {
            throw frame.Type == FrameType.Refuse
                ? new PeerException(PeerFault.Rejected, PeerText.Printable(frame.Parse(Refuse.Parser).Text, PeerText.SentenceLength))
                : PeerException.Violation($"a {frame.Type} frame came where {due} was due");
        }
    }
}
