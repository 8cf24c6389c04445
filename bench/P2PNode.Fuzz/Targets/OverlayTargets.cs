using System.Net;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>Overlay messages of three peers to one node, as time goes by.</summary>
internal abstract class OverlayTarget<T>(FrameType type, MessageParser<T> parser) : WireTarget<T>(type, parser)
    where T : IMessage<T>, new()
{
    private const int Peers = 4;

    private MemberTable _table = NewTable();
    private OverlayMachine? _machine;
    private TimeSpan _now;
    private int _turn;

    protected override void Take(T message) => throw new NotSupportedException("The frame is taken.");

    protected override void Take(Frame frame)
    {
        var message = OverlayMapping.Read(frame, IPAddress.Parse("10.0.0.2"));
        if (_turn++ % 4096 == 0 || _machine is null)
            Start();
        _now += TimeSpan.FromMilliseconds(50);
        foreach (var effect in _machine!.Step(new Moment(_now, _turn % 97 / 97.0), new MessageCame(new NodeId(2 + _turn % (Peers - 1)), message)))
        {
            if (effect is Tell tell)
                OverlayMapping.ToWire(tell.Message);
        }

        if (_table.Self.State is not MemberState.Alive || _machine.Neighbours.Length > Peers)
            throw new InvalidOperationException($"It takes itself for {_table.Self.State} and has {_machine.Neighbours.Length} neighbours.");
    }

    private void Start()
    {
        (_table, _now) = (NewTable(), TimeSpan.Zero);
        _machine = new OverlayMachine(_table, new OverlayOptions { IsLarge = true }, _now);
        for (var peer = 2; peer <= Peers; peer++)
            _machine.Step(default, new LinkMade(Row(peer)));
        _machine.Step(default, new TextSaid("hello"));
    }

    private static MemberTable NewTable() => new(Row(1));

    private static Member Row(int id) => new() { Id = new NodeId(id), Host = "127.0.0.1", Port = 5000 + id, Incarnation = 1 };
}

internal sealed class OverlayFrameTarget() : OverlayTarget<Wire.OverlayFrame>(FrameType.Overlay, Wire.OverlayFrame.Parser);

internal sealed class MemberNewsTarget() : OverlayTarget<Wire.MemberNews>(FrameType.MemberNews, Wire.MemberNews.Parser);

internal sealed class RumourTarget() : OverlayTarget<Wire.Rumour>(FrameType.Rumour, Wire.Rumour.Parser);
