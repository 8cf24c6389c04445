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

        roster.HearLeader([Member(2, MemberState.Alive)], isLinked: _ => false);

        Assert.Equal(state, roster.Find(new NodeId(2))?.State);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(9, false)]
    [InlineData(1, true)]
    public void Of_two_processes_that_say_to_be_a_member_the_one_that_the_leader_took_counts_when_the_link_with_the_other_has_ended(int incarnation, bool saysGoodbye)
    {
        var (roster, two) = MetACopyOfTwo(incarnation);
        roster.HearLeader([Member(2, MemberState.Alive)], isLinked: _ => true);
        Assert.Equal((incarnation, 6002, MemberState.Alive), (roster.Find(two)?.Incarnation, roster.Find(two)?.Port, roster.Find(two)?.State));

        if (saysGoodbye)
            roster.Miss(two, MemberState.Left);
        roster.Part(two);

        Assert.Equal((1, 5002, MemberState.Alive), (roster.Find(two)?.Incarnation, roster.Find(two)?.Port, roster.Find(two)?.State));
        roster.HearLeader([Member(2, MemberState.Left)], isLinked: _ => false);
        Assert.Equal(MemberState.Left, roster.Find(two)?.State);
    }

    [Fact]
    public void The_leader_is_believed_of_a_member_of_which_only_a_copy_was_met_and_has_left()
    {
        var (roster, two) = MetACopyOfTwo();
        roster.Miss(two, MemberState.Left);
        roster.Part(two);
        Assert.Equal(MemberState.Left, roster.Find(two)?.State);

        roster.HearLeader([Member(2, MemberState.Alive)], isLinked: _ => false);

        Assert.Equal((1, MemberState.Alive), (roster.Find(two)?.Incarnation, roster.Find(two)?.State));
    }

    [Fact]
    public void Who_has_started_anew_is_not_gone_because_the_leader_knows_its_former_life_alone()
    {
        var (roster, two) = MetACopyOfTwo();
        roster.HearLeader([Member(2, MemberState.Alive)], isLinked: _ => true);

        roster.HearLeader([Member(2, MemberState.Left)], isLinked: _ => false);
        roster.Part(two);

        Assert.Equal((9, MemberState.Alive), (roster.Find(two)?.Incarnation, roster.Find(two)?.State));
    }

    [Fact]
    public void What_the_leader_says_of_who_lives_changes_no_address_that_nodes_json_gives()
    {
        var table = new MemberTable(Member(1, MemberState.Alive));
        table.Configure(new NodeId(2), "10.0.0.2", 5002);
        table.Meet(Member(2, MemberState.Alive) with { Host = "10.0.0.2", Port = 5002, Incarnation = 9 });
        var roster = new Roster(table, TimeProvider.System);

        roster.HearLeader([Member(2, MemberState.Alive) with { Host = "172.17.0.2", Incarnation = 9 }], isLinked: _ => false);
        Assert.Equal(new NodeAddress("10.0.0.2", 5002), roster.AddressOf(new NodeId(2)));

        roster.HearLeader([Member(2, MemberState.Alive) with { Host = "172.17.0.2", Incarnation = 8 }], isLinked: _ => false);
        Assert.Equal((8, new NodeAddress("10.0.0.2", 5002)), (roster.Find(new NodeId(2))?.Incarnation, roster.AddressOf(new NodeId(2))));
    }

    [Fact]
    public void What_the_leader_says_of_who_lives_on_changes_no_address_that_was_met()
    {
        var table = new MemberTable(Member(1, MemberState.Alive));
        table.Meet(Member(2, MemberState.Alive) with { Host = "10.0.0.2" });
        var roster = new Roster(table, TimeProvider.System);

        roster.HearLeader([Member(2, MemberState.Alive) with { Host = "172.17.0.2" }], isLinked: _ => false);

        Assert.Equal(new NodeAddress("10.0.0.2", 5002), roster.AddressOf(new NodeId(2)));
    }

    private static (Roster Roster, NodeId Two) MetACopyOfTwo(int incarnation = 9)
    {
        var table = new MemberTable(Member(1, MemberState.Alive));
        table.Meet(Member(2, MemberState.Alive) with { Incarnation = incarnation, Port = 6002 });
        return (new Roster(table, TimeProvider.System), new NodeId(2));
    }

    private static Member Member(int id, MemberState state) =>
        new() { Id = new NodeId(id), Host = "127.0.0.1", Port = 5000 + id, Incarnation = 1, State = state };
}
