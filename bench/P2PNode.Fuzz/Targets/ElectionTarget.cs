using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>Election messages of three peers to one node, as time goes by.</summary>
internal sealed class ElectionTarget() : WireTarget<ElectionFrame>(FrameType.Election, ElectionFrame.Parser)
{
    private const int Peers = 4;

    private static readonly NodeId Self = new(3);

    private ElectionMachine _machine = Start();
    private TimeSpan _now;
    private int _turn;

    protected override ElectionFrame Likely(Random random) => new() { Epoch = _machine.Epoch.Value + random.Next(-1, 3) };

    protected override void Take(ElectionFrame message) => throw new NotSupportedException("The frame is taken.");

    protected override void Take(Frame frame)
    {
        var from = new NodeId(++_turn % Peers + 1);
        if (from == Self)
            _machine = _turn % 4096 < Peers ? Start() : _machine;
        var epoch = _machine.Epoch;
        var received = ElectionMapping.Read(frame);
        _now = _turn % 4096 < Peers ? TimeSpan.Zero : _now + TimeSpan.FromMilliseconds(50);
        foreach (var effect in _machine.Step(new Moment(_now, 0.5), new Received(from, received)))
        {
            if (effect is Send send)
                ElectionMapping.ToWire(send.Message);
        }

        if (_machine.Epoch < epoch && _turn % 4096 >= Peers)
            throw new InvalidOperationException($"The epoch went back from {epoch} to {_machine.Epoch}.");
    }

    private static ElectionMachine Start()
    {
        var machine = new ElectionMachine(Self, ElectionPast.None, new ElectionOptions(), TimeSpan.Zero);
        machine.Step(default, new MembersKnown([new NodeId(1), new NodeId(2), new NodeId(4)]));
        for (var peer = 1; peer <= Peers; peer++)
            machine.Step(default, new LinkUp(new NodeId(peer)));
        return machine;
    }
}
