using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Google.Protobuf;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;

namespace P2PNode.Fuzz.Targets;

/// <summary>What a node that is asked to let another join says of its network, over TLS that stands already.</summary>
internal sealed class JoinOfferTarget : WireTarget<JoinOffer>
{
    private readonly SampleNetwork _network = new();
    private readonly SampleNetwork _other = new();
    private readonly SslStream _server;
    private readonly SslStream _tls;

    public JoinOfferTarget()
        : base(FrameType.JoinOffer, JoinOffer.Parser)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        dialled.Connect(listener.LocalEndpoint);
        _server = new SslStream(new NetworkStream(listener.AcceptSocket(), ownsSocket: true));
        var greeting = _server.AuthenticateAsServerAsync(JoinTls.ServerOptions(_network.Identity(1)), CancellationToken.None);
        _tls = JoinTls.DialAsync(new NetworkStream(dialled, ownsSocket: true), CancellationToken.None).GetAwaiter().GetResult();
        greeting.GetAwaiter().GetResult();
    }

    public override byte[] Sample(Random random)
    {
        if (random.Next(8) == 0)
            return base.Sample(random);
        var authority = (random.Next(8) == 0 ? _other : _network).Authority.Certificate.RawData;
        return new JoinOffer { Authority = ByteString.CopyFrom(Mutator.MutateNowAndThen(authority, random)) }.ToByteArray();
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation or PeerFault.OtherNetwork };

    protected override void Take(JoinOffer message)
    {
        using var authority = JoinTls.CheckServer(_tls, message.Authority.Span, _network.Name, TimeProvider.System);
        if (!NodeName.HashOf(authority).AsSpan().SequenceEqual(NodeName.HashOf(_network.Authority.Certificate)))
            throw new InvalidOperationException("The key of another CA was taken.");
    }

    protected override void Dispose(bool disposing)
    {
        _tls.Dispose();
        _server.Dispose();
        _network.Dispose();
        _other.Dispose();
        base.Dispose(disposing);
    }
}
