using System.Net;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;

namespace P2PNode.Transport;

/// <summary>
/// The first words on a connection: Hello from the side that dialled, Welcome or Refuse from the other. Nothing else is
/// read or said before both know with whom they speak.
/// </summary>
/// <param name="self">Who speaks.</param>
/// <param name="revocations">Who is refused though it proves who it is; null where nobody is.</param>
internal sealed class Handshake(LocalNode self, Revocations? revocations = null)
{
    /// <summary>The protocol version that this program speaks; it knows no other yet.</summary>
    public const uint Version = 1;

    /// <summary>In TLS 1.3 who dials is done before the other side has looked at its certificate.</summary>
    private const string HungUp = "it hung up instead of answering the Hello; if it does not take this node's certificate, its log says why";

    /// <summary>Says Hello and waits for the answer.</summary>
    /// <exception cref="PeerException">The peer refused, broke the rules or did not answer in time.</exception>
    public async Task<PeerIdentity> DialAsync(Connection connection, NodeId? expected, LinkKind kind)
    {
        if (connection.Proven is { } proven && expected is { } due && proven != due)
            throw NotExpected(proven, due);
        if (IsRevoked(connection))
            throw new PeerException(PeerFault.NotAdmitted, $"node {connection.Proven} was revoked");
        using var answer = await SayHelloAsync(connection, Introduce(kind, expected));
        switch (answer.Type)
        {
            case FrameType.Welcome:
                var welcome = answer.Parse(Hello.Parser);
                if (Objection(welcome, connection.Proven) is { } objection)
                    throw PeerException.Violation($"it answered with a Welcome that makes no sense: {objection.Text}");
                var peer = Identify(welcome, connection);
                return expected is null || peer.Id == expected
                    ? peer
                    : throw NotExpected(peer.Id, expected.Value);
            case FrameType.Refuse:
                var refuse = answer.Parse(Refuse.Parser);
                revocations?.TryTake(refuse.DenyList);
                var fault = refuse.Reason switch
                {
                    RefuseReason.DuplicateLink => PeerFault.AlreadyLinked,
                    RefuseReason.DuplicateId => PeerFault.DuplicateId,
                    RefuseReason.Full => PeerFault.Full,
                    _ => PeerFault.Rejected,
                };
                var reason = PeerText.Printable(refuse.Text, PeerText.SentenceLength);
                throw new PeerException(fault, reason)
                {
                    Others = Others(refuse, connection.Teller),
                    Patience = PatienceOf(refuse),
                    Leader = refuse.Leader > 0 ? new NodeId(refuse.Leader) : null,
                };
            default:
                throw PeerException.Violation($"a {answer.Type} frame came where Welcome or Refuse was due");
        }
    }

    private static TimeSpan PatienceOf(Refuse refuse) =>
        TimeSpan.FromMilliseconds(Math.Min(refuse.PatienceMs, WireLimits.LongestPatience.TotalMilliseconds));

    private static List<PeerHint> Others(Refuse refuse, IPAddress? teller) =>
    [
        .. refuse.Others.Take(LinkTable.MostOthers)
            .Where(other => other.Id > 0 && other.Port is >= 1 and <= 65535 && NodeAddress.IsHost(other.Host))
            .Select(other => new PeerHint(new NodeId(other.Id), new NodeAddress(ToldHost.Of(other.Host, teller), other.Port))),
    ];

    /// <summary>Whoever has proven to be a member may answer at length, to say why it refuses.</summary>
    private static async Task<Frame> SayHelloAsync(Connection connection, Hello hello)
    {
        try
        {
            await connection.WriteAsync(FrameType.Hello, hello, WireLimits.HelloBytes);
            return await connection.ReadAsync(connection.Proven is null ? WireLimits.HelloBytes : WireLimits.ControlBytes, WireLimits.Hello, passOver: false)
                ?? throw new PeerException(PeerFault.NotAdmitted, HungUp);
        }
        catch (PeerException e) when (e.Fault is PeerFault.Lost && connection.Proven is not null)
        {
            throw new PeerException(PeerFault.NotAdmitted, HungUp, e);
        }
    }

    /// <summary>Hangs up before the Hello, and has the other side know that this is no failure.</summary>
    /// <exception cref="PeerException">The other side takes nothing, or is gone.</exception>
    public static async Task CallOffAsync(Connection connection, GoodbyeReason reason)
    {
        await connection.WriteAsync(FrameType.Goodbye, new Goodbye { Reason = reason }, WireLimits.HelloBytes);
        await connection.DrainAsync(Link.LastWords);
    }

    /// <summary>Reads a stranger's Hello; what makes no sense is refused, with the reason, before it is thrown.</summary>
    /// <returns>Null where the stranger says goodbye instead.</returns>
    /// <exception cref="PeerException">The stranger broke the rules or said nothing in time.</exception>
    public async Task<(PeerIdentity Peer, LinkKind Kind)?> ReadHelloAsync(Connection connection)
    {
        using var frame = await connection.ReadAsync(WireLimits.HelloBytes, WireLimits.Hello, passOver: false)
            ?? throw new PeerException(PeerFault.Lost, "it hung up without a word");
        if (frame.Type == FrameType.Goodbye)
            return null;
        if (frame.Type != FrameType.Hello)
            throw PeerException.Violation($"a {frame.Type} frame came where Hello was due");
        var hello = frame.Parse(Hello.Parser);
        if ((IsRevoked(connection) ? Revoked(connection) : Objection(hello, connection.Proven)) is { } refuse)
        {
            await RefuseAsync(connection, refuse);
            throw new PeerException(PeerFault.Rejected, refuse.Text);
        }

        return (Identify(hello, connection), hello.Kind);
    }

    public ValueTask WelcomeAsync(Connection connection, LinkKind kind, PeerFeatures features = PeerFeatures.None)
    {
        var welcome = Introduce(kind, expected: null);
        welcome.Features |= (ulong)features;
        return connection.WriteAsync(FrameType.Welcome, welcome, WireLimits.HelloBytes);
    }

    public static ValueTask RefuseAsync(Connection connection, Refuse refuse) =>
        connection.WriteAsync(FrameType.Refuse, refuse, WireLimits.ControlBytes);

    private bool IsRevoked(Connection connection) =>
        connection.Proven is { } id && revocations?.Revokes(id, connection.IssuedAt) == true;

    /// <summary>Who is refused so can check that it is true: any member could say it.</summary>
    private Refuse Revoked(Connection connection) =>
        new() { Reason = RefuseReason.Revoked, Text = $"node {connection.Proven} was revoked", DenyList = revocations?.List.Text ?? "" };

    private Hello Introduce(LinkKind kind, NodeId? expected) => new()
    {
        MinVersion = Version,
        MaxVersion = Version,
        Network = self.Network,
        NodeId = self.Id.Value,
        Instance = self.Instance,
        Incarnation = self.Incarnation,
        Host = self.Listen.Host,
        Port = self.Listen.Port,
        Name = self.Name,
        Kind = kind,
        Features = kind is LinkKind.Control ? (ulong)PeerFeatures.TakesCustody : 0,
        ExpectedId = expected?.Value ?? 0,
        HeartbeatMs = (uint)self.Heartbeat.TotalMilliseconds,
    };

    /// <summary>Why a greeting is not acceptable, or null.</summary>
    private Refuse? Objection(Hello hello, NodeId? proven)
    {
        if (proven is { } id && hello.NodeId != id.Value)
            return No(RefuseReason.NotProven, $"the certificate is that of node {id}, but the greeting says node {hello.NodeId}");
        if (hello.MinVersion > Version || hello.MaxVersion < Version)
        {
            return No(RefuseReason.Version,
                $"node {self.Id} speaks version {Version} of the protocol, the other side {hello.MinVersion} to {hello.MaxVersion}");
        }

        if (hello.Network != self.Network)
            return No(RefuseReason.Network, $"node {self.Id} belongs to network '{self.Network}', the other side to '{PeerText.Printable(hello.Network, PeerText.NameLength)}'");
        if (!IsPossible(hello))
            return No(RefuseReason.Malformed, "the greeting has no valid node ID, host, port, incarnation, kind of link or heartbeat");
        if (hello.ExpectedId != 0 && hello.ExpectedId != self.Id.Value)
            return No(RefuseReason.WrongNode, $"this is node {self.Id}, not node {hello.ExpectedId}");
        if (hello.NodeId == self.Id.Value)
        {
            return hello.Instance == self.Instance
                ? No(RefuseReason.WrongNode, $"node {self.Id} dialled itself")
                : No(RefuseReason.DuplicateId, $"another process runs as node {self.Id}: give one of them another ID");
        }

        return null;
    }

    /// <summary>Whether a node could say this of itself: what is let in here becomes a member.</summary>
    private static bool IsPossible(Hello hello) =>
        hello.NodeId > 0
        && hello.Port is >= 1 and <= 65535
        && hello.Incarnation >= 0
        && (ToldHost.IsAny(hello.Host) || NodeAddress.IsHost(hello.Host))
        && Enum.IsDefined(hello.Kind)
        && hello.HeartbeatMs <= WireLimits.LongestHeartbeat.TotalMilliseconds;

    private static PeerException NotExpected(NodeId answers, NodeId expected) =>
        new(PeerFault.Rejected, $"node {answers} answers there, not node {expected}");

    private static Refuse No(RefuseReason reason, string text) => new() { Reason = reason, Text = text };

    private static PeerIdentity Identify(Hello hello, Connection connection)
    {
        var host = ToldHost.IsAny(hello.Host) && connection.Remote is IPEndPoint ip ? ToldHost.Of(ip.Address) : ToldHost.Of(hello.Host, connection.Teller);
        var name = PeerText.Printable(hello.Name, PeerText.NameLength);
        return new PeerIdentity(new NodeId(hello.NodeId), hello.Instance, hello.Incarnation, new NodeAddress(host, hello.Port), name)
        {
            Features = (PeerFeatures)hello.Features,
            Heartbeat = hello.HeartbeatMs > 0 ? TimeSpan.FromMilliseconds(hello.HeartbeatMs) : PeerIdentity.UsualHeartbeat,
        };
    }
}
