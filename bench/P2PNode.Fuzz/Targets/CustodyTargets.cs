using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>What a node that leaves asks its custodian.</summary>
internal sealed class CustodyRequestTarget() : WireTarget<Wire.CustodyRequest>(FrameType.CustodyRequest, Wire.CustodyRequest.Parser)
{
    protected override void Take(Wire.CustodyRequest message) => CustodyMapping.FromWire(message);
}

/// <summary>What a custodian answers, and what a node that leaves makes of it.</summary>
internal sealed class CustodyAnswerTarget() : WireTarget<Wire.CustodyAnswer>(FrameType.CustodyAnswer, Wire.CustodyAnswer.Parser)
{
    private readonly CustodyQuestions _questions = new(null!, TimeProvider.System);

    protected override Wire.CustodyAnswer Likely(Random random) => new()
    {
        Number = random.Next(3),
        Epoch = 7,
        MissingFiles = random.Next(3),
        Digest = random.Next(2) == 0 ? ByteString.Empty : ByteString.CopyFrom(new byte[ListingDigest.Size]),
        Reasons = { new Wire.CustodyReason { Reason = "there is no room on the disk", Files = 1 } },
    };

    protected override void Take(Wire.CustodyAnswer message)
    {
        _questions.Take(null!, message);
        var view = new Handover
        {
            Self = new NodeId(2),
            Now = new Leadership(new Epoch(7), new NodeId(1), Core.Election.Role.Follower, null),
            Alive = [new NodeId(1), new NodeId(2)],
            IsScanned = true,
            Word = CustodyMapping.FromWire(message),
        };
        if (view.IsDone || (view.OwnIsKept && message.Digest.IsEmpty))
            throw new InvalidOperationException("It goes though nobody has its files.");
        _ = view.Progress;
    }
}
