using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Fuzz.Targets;

/// <summary>
/// How a node with the CA answers one that renews its certificate: a whole conversation over TCP and TLS for each input,
/// so that what its other threads allocate is not counted.
/// </summary>
internal sealed class JoinAnswerTarget : FuzzTarget
{
    private const int Certificates = 8;

    private readonly SampleNetwork _network = new();
    private readonly SampleFolder _state = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IdentityFolder _folder;
    private readonly NodeIdentity _server;
    private readonly NodeIdentity _current;
    private readonly List<byte[]> _certificates = [];

    public JoinAnswerTarget()
    {
        _listener.Start();
        _server = _network.Identity(1);
        _folder = new IdentityFolder(_state.Path);
        using var key = _folder.LoadOrCreateKey();
        using var other = SampleNetwork.NewKey();
        for (var i = 0; i < Certificates; i++)
        {
            using var certificate = i == 0 ? _network.Issue(7, other) : _network.Issue(i == 1 ? 8 : 7, key);
            _certificates.Add(certificate.RawData);
        }

        using var first = X509CertificateLoader.LoadCertificate(_certificates[^1]);
        _current = _folder.Save(key, first, _network.Authority.Certificate);
    }

    public override string Name => "join-answer";

    public override long MostBytes => 1 << 20;

    public override byte[] Sample(Random random)
    {
        var frame = new ArrayBufferWriter<byte>();
        if (random.Next(6) == 0)
        {
            FrameWriter.Write(frame, FrameType.Refuse, RandomMessage.Fill(new Refuse(), random), WireLimits.BulkBytes);
        }
        else
        {
            var certificate = Mutator.MutateNowAndThen(_certificates[random.Next(Certificates)], random);
            var answer = new JoinAnswer { Certificate = ByteString.CopyFrom(certificate), DenyList = _network.DenyListText(random) };
            FrameWriter.Write(frame, FrameType.JoinAnswer, random.Next(8) == 0 ? RandomMessage.Fill(answer, random) : answer, WireLimits.BulkBytes);
        }

        return frame.WrittenSpan.ToArray();
    }

    public override void Take(byte[] input)
    {
        var answering = Task.Run(() => AnswerAsync(input));
        var seed = new NodeAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        try
        {
            var renewed = new JoinClient(_folder, TimeProvider.System).RenewAsync(_current, seed, CancellationToken.None).GetAwaiter().GetResult();
            if (renewed.Name != _current.Name)
                throw new InvalidOperationException($"It became {renewed.Name}.");
        }
        finally
        {
            answering.GetAwaiter().GetResult();
        }
    }

    public override void Check()
    {
        if (_folder.Load()?.Name != _current.Name)
            throw new InvalidOperationException("It is not any more who it was.");
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation or PeerFault.Rejected or PeerFault.TokenUsed or PeerFault.Lost };

    protected override void Dispose(bool disposing)
    {
        _listener.Dispose();
        _network.Dispose();
        _state.Dispose();
        base.Dispose(disposing);
    }

    private async Task AnswerAsync(byte[] input)
    {
        var tls = new SslStream(Connection.WireOver(await _listener.AcceptSocketAsync()));
        await using var connection = new Connection(tls, remote: null, TimeProvider.System);
        await tls.AuthenticateAsServerAsync(JoinTls.ServerOptions(_server), CancellationToken.None);
        var offer = new JoinOffer { Authority = ByteString.CopyFrom(_network.Authority.Certificate.RawData) };
        await connection.WriteAsync(FrameType.JoinOffer, offer, WireLimits.JoinBytes);
        using var asked = await connection.ReadAsync(WireLimits.JoinBytes, WireLimits.Hello);
        try
        {
            await connection.WriteAsync(input);
        }
        catch (PeerException)
        {
            // It had heard enough.
        }
    }
}
