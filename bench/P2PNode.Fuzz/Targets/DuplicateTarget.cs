using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>What a peer tells of other processes that say to be this node.</summary>
internal sealed class DuplicateTarget() : WireTarget<Duplicate>(FrameType.Duplicate, Duplicate.Parser)
{
    private readonly DuplicateWatch _watch = new(Logger.None);

    protected override void Take(Duplicate message) => _watch.Take(new NodeId(2), message);
}
