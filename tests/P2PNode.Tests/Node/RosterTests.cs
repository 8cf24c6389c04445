using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;

namespace P2PNode.Tests.Node;

public class RosterTests
{
    [Theory]
    [InlineData(true, MemberState.Dead)]
    [InlineData(false, MemberState.Alive)]
    public void The_leaders_word_outweighs_what_others_found_out_only_where_it_has_a_link_to_everybody(bool isOpen, MemberState state)
    {
        var roster = new Roster(new MemberTable(Member(1, MemberState.Alive)), TimeProvider.System, isOpen);
        roster.Hear([Member(2, MemberState.Dead)]);

        roster.HearLeader([Member(2, MemberState.Alive)]);

        Assert.Equal(state, roster.Find(new NodeId(2))?.State);
    }

    private static Member Member(int id, MemberState state) =>
        new() { Id = new NodeId(id), Host = "127.0.0.1", Port = 5000 + id, Incarnation = 1, State = state };
}
