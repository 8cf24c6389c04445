using System.Buffers;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>The deny lists that a node has seen, one after the other: only what the CA signed may be among them, and none older than the last.</summary>
internal sealed class SeenLists : IDisposable
{
    private const int MostOfOneNode = 256;

    private readonly SampleFolder _folder = new();
    private readonly NodeIdentity _self;
    private long _number;
    private int _looks;

    public SeenLists()
    {
        _self = Network.Identity(1);
        Directory.CreateDirectory(_folder["identity"]);
        Revocations = Start();
    }

    public SampleNetwork Network { get; } = new();

    public Revocations Revocations { get; private set; }

    /// <summary>Looks at what came of an input; now and then another node begins, with no list.</summary>
    public void Look()
    {
        var list = Revocations.List;
        if (list.Number < _number || (list.Number > 0 && !Network.IsSigned(list.Text)))
            throw new InvalidOperationException($"List {list.Number} took the place of {_number}.");
        _number = list.Number;
        if (++_looks % MostOfOneNode == 0)
            Revocations = Start();
    }

    public void Dispose()
    {
        Network.Dispose();
        _folder.Dispose();
    }

    private Revocations Start()
    {
        File.Delete(_folder["identity/revoked"]);
        _number = 0;
        return new Revocations(_self, new IdentityFolder(_folder.Path), new NetworkFolder(_folder.Path), Logger.None);
    }
}

/// <summary>Deny lists that a peer tells over a link.</summary>
internal sealed class RevokedTarget() : WireTarget<Revoked>(FrameType.Revoked, Revoked.Parser)
{
    private readonly SeenLists _seen = new();

    public override byte[] Sample(Random random) => random.Next(8) == 0
        ? base.Sample(random)
        : new Revoked { DenyList = _seen.Network.DenyListText(random) }.ToByteArray();

    protected override void Take(Revoked message)
    {
        _seen.Revocations.TryTake(message.DenyList);
        _seen.Look();
    }

    protected override void Dispose(bool disposing)
    {
        _seen.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Why a node refuses another that dialled it.</summary>
internal sealed class RefuseTarget : FuzzTarget
{
    private static readonly NodeId Expected = new(2);

    private readonly SeenLists _seen = new();

    public override string Name => "refuse";

    public override long MostBytes => 2 * WireLimits.ControlBytes;

    public override byte[] Sample(Random random)
    {
        var frame = new ArrayBufferWriter<byte>();
        var refuse = RandomMessage.Fill(new Refuse(), random);
        if (random.Next(4) > 0)
            refuse.DenyList = _seen.Network.DenyListText(random);
        FrameWriter.Write(frame, FrameType.Refuse, refuse, WireLimits.BulkBytes);
        return frame.WrittenSpan.ToArray();
    }

    public override void Take(byte[] input)
    {
        var handshake = new Handshake(new LocalNode(new NodeId(1), 1, 1, new NodeAddress("127.0.0.1", 5001), "one", ""), _seen.Revocations);
        var connection = new Connection(new SaidAndHeard(input), remote: null, TimeProvider.System);
        var greeting = handshake.DialAsync(connection, Expected, LinkKind.Control);
        if (!greeting.IsCompleted)
            throw new InvalidOperationException("It waits though all bytes are there.");
        var failure = greeting.Exception?.InnerException;
        _seen.Look();
        if (failure is not PeerException { Fault: PeerFault.Rejected or PeerFault.Full or PeerFault.AlreadyLinked })
            throw failure ?? new InvalidOperationException("It was taken for a welcome.");
        if (failure.Message.Length > PeerText.SentenceLength || failure.Message.Any(char.IsControl))
            throw new InvalidOperationException("The reason does not fit into a log.");
    }

    public override bool Expects(Exception e) => e is PeerException;

    protected override void Dispose(bool disposing)
    {
        _seen.Dispose();
        base.Dispose(disposing);
    }
}
