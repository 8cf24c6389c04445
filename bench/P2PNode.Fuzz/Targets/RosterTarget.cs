using System.Net;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>What a leader says of its members.</summary>
internal sealed class RosterTarget() : WireTarget<Wire.Roster>(FrameType.Roster, Wire.Roster.Parser)
{
    private MemberTable _members = Make();
    private int _taken;

    protected override void Take(Wire.Roster message)
    {
        if (++_taken % 256 == 0)
            _members = Make();
        var word = LeadersWord.Read(message, DateTime.UnixEpoch.Ticks, IPAddress.Parse("10.0.0.2"));
        _members.HearLeader(word.Members);
        if (_members.Self.State is not MemberState.Alive)
            throw new InvalidOperationException("It took itself for dead.");
    }

    private static MemberTable Make() => new(new Member { Id = new NodeId(1), Host = "127.0.0.1", Port = 5001 });
}
