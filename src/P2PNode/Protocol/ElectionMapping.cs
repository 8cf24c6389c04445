using System.Diagnostics;
using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Protocol.Messages;
using Body = P2PNode.Protocol.Messages.ElectionFrame.BodyOneofCase;

namespace P2PNode.Protocol;

/// <summary>Election messages as records of the core and as frames of the wire.</summary>
internal static class ElectionMapping
{
    public static ElectionFrame ToWire(ElectionMessage message)
    {
        var frame = new ElectionFrame { Epoch = message.Epoch.Value };
        switch (message)
        {
            case Core.Election.Heartbeat:
                frame.Heartbeat = new();
                break;
            case Core.Election.Claim:
                frame.Claim = new();
                break;
            case Core.Election.Following following:
                frame.Following = new() { Leader = Wire(following.Leader) };
                break;
            case Core.Election.Stale stale:
                frame.Stale = new() { Leader = Wire(stale.Leader) };
                break;
            case Core.Election.PreVote preVote:
                frame.PreVote = new() { Round = preVote.Round };
                break;
            case Core.Election.Grant grant:
                frame.Grant = new() { Round = grant.Round };
                break;
            case Core.Election.Objection objection:
                frame.Objection = new() { Round = objection.Round, Leader = Wire(objection.Leader) };
                break;
            case Core.Election.CutOff cutOff:
                frame.CutOff = new() { Node = cutOff.Node.Value };
                break;
            case Core.Election.YieldRequest request:
                frame.YieldRequest = new() { Reaches = { request.Reaches.Select(node => node.Value) } };
                break;
            case Core.Election.Yield:
                frame.Yield = new();
                break;
            default:
                throw new UnreachableException($"{message.GetType().Name} has no place on the wire.");
        }

        return frame;
    }

    /// <summary>
    /// Reads a frame. It has two fields: where one body follows another, Google.Protobuf copies what it has each time.
    /// </summary>
    /// <exception cref="PeerException">No node may say this.</exception>
    public static ElectionMessage Read(Frame frame) => FromWire(frame.Parse(ElectionFrame.Parser, mostFields: 4));

    private static ElectionMessage FromWire(ElectionFrame frame)
    {
        if (frame.Epoch < 0)
            throw PeerException.Violation("an election message has a negative epoch");
        var epoch = new Epoch(frame.Epoch);
        return frame.BodyCase switch
        {
            Body.Heartbeat => new Core.Election.Heartbeat { Epoch = epoch },
            Body.Claim => new Core.Election.Claim { Epoch = epoch },
            Body.Following => new Core.Election.Following(NodeOrNull(frame.Following.Leader)) { Epoch = epoch },
            Body.Stale => new Core.Election.Stale(NodeOrNull(frame.Stale.Leader)) { Epoch = epoch },
            Body.PreVote => new Core.Election.PreVote(frame.PreVote.Round) { Epoch = epoch },
            Body.Grant => new Core.Election.Grant(frame.Grant.Round) { Epoch = epoch },
            Body.Objection => new Core.Election.Objection(frame.Objection.Round, NodeOrNull(frame.Objection.Leader)) { Epoch = epoch },
            Body.CutOff => new Core.Election.CutOff(Node(frame.CutOff.Node)) { Epoch = epoch },
            Body.YieldRequest when frame.YieldRequest.Reaches.Count <= NodeId.MostInNetwork =>
                new Core.Election.YieldRequest([.. frame.YieldRequest.Reaches.Select(Node)]) { Epoch = epoch },
            Body.Yield => new Core.Election.Yield { Epoch = epoch },
            _ => throw PeerException.Violation("an election message says nothing that is known"),
        };
    }

    private static int Wire(NodeId? node) => node?.Value ?? 0;

    private static NodeId? NodeOrNull(int value) => value == 0 ? null : Node(value);

    private static NodeId Node(int value) =>
        value > 0 ? new NodeId(value) : throw PeerException.Violation($"an election message names node {value}");
}
