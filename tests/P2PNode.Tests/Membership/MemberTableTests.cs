using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public class MemberTableTests
{
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);
    private static readonly NodeId Three = new(3);

    private readonly MemberTable _table = new(Known(One, incarnation: 5));

    [Fact]
    public void A_node_knows_itself_alive() =>
        Assert.Equal((One, 5L, MemberState.Alive), (_table.Self.Id, _table.Self.Incarnation, _table.Self.State));

    [Fact]
    public void A_configured_member_counts_as_dead_until_it_is_met()
    {
        var change = _table.Configure(Two, "10.0.0.2", 5002);

        Assert.Equal(new MemberChange(null, new Member { Id = Two, Host = "10.0.0.2", Port = 5002 }), change);
        Assert.Equal((0L, MemberState.Dead, null), (Row(Two).Incarnation, Row(Two).State, Row(Two).LastSeenTicks));

        _table.Meet(Known(Two, 1) with { Host = "10.0.0.2", Port = 5002, LastSeenTicks = 77 });
        Assert.Equal((1L, MemberState.Alive, 77L), (Row(Two).Incarnation, Row(Two).State, Row(Two).LastSeenTicks));
    }

    [Fact]
    public void Tables_that_say_the_same_have_the_same_digest_however_they_came_to_it()
    {
        var other = new MemberTable(Known(One, incarnation: 5));
        Assert.Equal(_table.Digest, other.Digest);

        _table.Hear([Known(Two, 1), Known(Three, 4)]);
        other.Hear([Known(Three, 4, MemberState.Suspect), Known(Two, 1)]);
        Assert.Equal(_table.Digest, other.Digest);

        other.Hear([Known(Three, 4, MemberState.Dead)]);
        Assert.NotEqual(_table.Digest, other.Digest);
    }

    [Fact]
    public void A_table_that_begins_with_what_another_holds_goes_its_own_way()
    {
        _table.Meet(Known(Two, 1));
        var other = new MemberTable(Known(Two, 1), _table);

        Assert.Equal([One, Two], other.Alive);
        Assert.Equal(_table.Digest, other.Digest);
        other.Miss(One, MemberState.Dead);
        Assert.Equal([Two], other.Alive);
        Assert.Equal([One, Two], _table.Alive);
    }

    [Fact]
    public void A_witness_can_speak_for_a_suspect_but_not_for_the_dead()
    {
        _table.Meet(Known(Two, 1));
        Assert.Null(_table.Vouch(Two));

        _table.Miss(Two, MemberState.Suspect);
        Assert.Equal(MemberState.Alive, _table.Vouch(Two)?.After.State);

        _table.Miss(Two, MemberState.Dead);
        Assert.Null(_table.Vouch(Two));
    }

    [Fact]
    public void Members_stand_in_the_order_of_their_ids()
    {
        _table.Configure(Three, "c", 3);
        _table.Configure(Two, "b", 2);

        Assert.Equal([One, Two, Three], _table.Members.Select(member => member.Id));
    }

    [Theory]
    [InlineData(MemberState.Suspect)]
    [InlineData(MemberState.Dead)]
    [InlineData(MemberState.Left)]
    public void A_member_that_is_missed_gets_the_worse_state_only(MemberState state)
    {
        _table.Meet(Known(Two, 1));

        Assert.Equal(state, _table.Miss(Two, state)?.After.State);
        Assert.Null(_table.Miss(Two, state));
        Assert.Null(_table.Miss(Two, MemberState.Suspect));
        Assert.Null(_table.Miss(Three, state));
        Assert.Null(_table.Miss(One, state));
    }

    [Fact]
    public void A_member_that_is_met_lives_whatever_was_told()
    {
        _table.Hear([Known(Two, 4, MemberState.Left)]);

        var change = _table.Meet(Known(Two, 3));

        Assert.Equal((4L, MemberState.Alive), (change?.After.Incarnation, change?.After.State));
    }

    [Fact]
    public void A_higher_incarnation_wins_whatever_the_states()
    {
        _table.Hear([Known(Two, 1, MemberState.Left)]);

        Assert.Single(_table.Hear([Known(Two, 2)]));
        Assert.Empty(_table.Hear([Known(Two, 1, MemberState.Dead)]));
        Assert.Equal((2L, MemberState.Alive), (Row(Two).Incarnation, Row(Two).State));
    }

    [Fact]
    public void At_one_incarnation_hearsay_can_only_make_it_worse()
    {
        _table.Hear([Known(Two, 1, MemberState.Suspect)]);

        Assert.Empty(_table.Hear([Known(Two, 1)]));
        Assert.Single(_table.Hear([Known(Two, 1, MemberState.Dead)]));
        Assert.Empty(_table.Hear([Known(Two, 1, MemberState.Suspect)]));
    }

    [Fact]
    public void At_one_incarnation_the_leader_can_also_make_it_better()
    {
        _table.Hear([Known(Two, 2, MemberState.Dead)]);

        Assert.Empty(_table.HearLeader([Known(Two, 1)]));
        Assert.Single(_table.HearLeader([Known(Two, 2)]));
        Assert.Equal(MemberState.Alive, Row(Two).State);
    }

    [Fact]
    public void The_order_of_hearsay_does_not_matter() =>
        Prop.ForAll(Arb.From(Rumours()), rumours =>
        {
            var (forwards, backwards) = (new MemberTable(Known(One, 5)), new MemberTable(Known(One, 5)));
            foreach (var rumour in rumours)
                forwards.Hear([rumour]);
            backwards.Hear(rumours.Reverse().Concat(rumours));
            return forwards.Members.Skip(1).SequenceEqual(backwards.Members.Skip(1))
                && forwards.Self.Incarnation > rumours.Where(r => r.Id == One && r.State != MemberState.Alive).Select(r => r.Incarnation).DefaultIfEmpty().Max();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_told_of_oneself_is_refuted()
    {
        Assert.Empty(_table.Hear([Known(One, 5), Known(One, 4, MemberState.Dead)]));

        Assert.Equal(6, Assert.Single(_table.Hear([Known(One, 5, MemberState.Suspect)])).After.Incarnation);
        Assert.Equal(10, Assert.Single(_table.HearLeader([Known(One, 9, MemberState.Left)])).After.Incarnation);
        Assert.Equal(21, Assert.Single(_table.Hear([Known(One, 20)])).After.Incarnation);
        Assert.Equal(MemberState.Alive, _table.Self.State);
    }

    [Fact]
    public void Nothing_can_be_said_against_the_last_incarnation() =>
        Assert.Empty(_table.Hear([Known(One, long.MaxValue, MemberState.Dead)]));

    [Fact]
    public void Nobody_else_speaks_for_oneself()
    {
        Assert.Null(_table.Meet(Known(One, 99)));
        Assert.Null(_table.Configure(One, "elsewhere", 9));
        Assert.Equal((5L, "host1"), (_table.Self.Incarnation, _table.Self.Host));
    }

    [Fact]
    public void A_configured_address_stands_against_hearsay_but_not_against_the_member_itself()
    {
        _table.Configure(Two, "10.0.0.2", 5002);
        _table.Hear([Known(Two, 1) with { Host = "10.9.9.9", Port = 9 }]);
        _table.HearLeader([Known(Two, 2) with { Host = "10.9.9.9", Port = 9 }]);
        Assert.Equal(("10.0.0.2", 5002, 2L), (Row(Two).Host, Row(Two).Port, Row(Two).Incarnation));

        _table.Meet(Known(Two, 2) with { Host = "192.168.1.2", Port = 6000 });
        _table.Hear([Known(Two, 3) with { Host = "10.9.9.9", Port = 9 }]);

        Assert.Equal(("192.168.1.2", 6000, 3L), (Row(Two).Host, Row(Two).Port, Row(Two).Incarnation));
    }

    [Fact]
    public void A_learned_address_follows_a_later_life()
    {
        _table.Hear([Known(Two, 1)]);
        _table.Hear([Known(Two, 1, MemberState.Suspect) with { Host = "moved" }]);
        Assert.Equal("host2", Row(Two).Host);

        _table.Hear([Known(Two, 2) with { Host = "moved" }]);
        Assert.Equal("moved", Row(Two).Host);
    }

    [Fact]
    public void To_be_seen_again_is_remembered_but_is_no_change()
    {
        _table.Meet(Known(Two, 1) with { LastSeenTicks = 10 });

        Assert.Null(_table.Meet(Known(Two, 1) with { LastSeenTicks = 20 }));
        Assert.Empty(_table.HearLeader([Known(Two, 1) with { LastSeenTicks = 30 }]));
        Assert.Empty(_table.HearLeader([Known(Two, 1) with { LastSeenTicks = 5 }]));
        Assert.Equal(30, Row(Two).LastSeenTicks);
    }

    [Fact]
    public void A_name_is_kept_until_another_is_given()
    {
        _table.Meet(Known(Two, 1) with { Name = "lab" });
        _table.Meet(Known(Two, 2));
        _table.Hear([Known(Two, 3)]);
        Assert.Equal("lab", Row(Two).Name);

        _table.Hear([Known(Two, 4) with { Name = "office" }]);
        Assert.Equal("office", Row(Two).Name);
    }

    [Fact]
    public void A_member_has_an_address_and_an_incarnation_that_can_be()
    {
        Assert.Throws<ArgumentException>(() => Known(Two, 1) with { Host = " " });
        Assert.Throws<ArgumentOutOfRangeException>(() => Known(Two, 1) with { Port = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Known(Two, 1) with { Port = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Known(Two, -1));
    }

    [Fact]
    public void Who_is_forgotten_is_listed_no_more_and_comes_back_with_a_later_life_only()
    {
        _table.Hear([Known(Two, 4, MemberState.Dead)]);

        Assert.True(_table.Forget(Two));

        Assert.False(_table.TryGet(Two, out _));
        Assert.Empty(_table.Hear([Known(Two, 4)]));
        Assert.Empty(_table.Hear([Known(Two, 3, MemberState.Suspect)]));
        Assert.False(_table.TryGet(Two, out _));
        Assert.Single(_table.Hear([Known(Two, 5)]));
        Assert.Contains(Two, _table.Alive);
    }

    [Fact]
    public void The_leader_is_believed_of_a_life_that_others_called_over()
    {
        _table.HearOfTheLiving([Known(Two, 5, MemberState.Dead)]);

        Assert.Single(_table.HearLeader([Known(Two, 5)]));
        Assert.Contains(Two, _table.Alive);
    }

    [Fact]
    public void Who_is_forgotten_and_speaks_is_alive_in_the_life_that_was_known_of_it()
    {
        _table.Hear([Known(Two, 4, MemberState.Left)]);
        _table.Forget(Two);

        _table.Meet(Known(Two, 1));

        Assert.Equal((4L, MemberState.Alive), (Row(Two).Incarnation, Row(Two).State));
    }

    [Fact]
    public void Nobody_is_forgotten_who_lives_or_stands_in_nodes_json()
    {
        _table.Meet(Known(Two, 1));
        _table.Configure(Three, "c", 3);

        Assert.False(_table.Forget(Two));
        Assert.False(_table.Forget(Three));
        Assert.False(_table.Forget(One));
        Assert.False(_table.Forget(new NodeId(9)));
    }

    [Fact]
    public void Tables_of_which_one_has_forgotten_the_dead_say_the_same()
    {
        var other = new MemberTable(Known(One, incarnation: 5));
        _table.Hear([Known(Two, 1, MemberState.Dead), Known(Three, 2)]);
        other.Hear([Known(Two, 1, MemberState.Dead), Known(Three, 2)]);

        other.Forget(Two);

        Assert.Equal(_table.Digest, other.Digest);
        other.Miss(Three, MemberState.Dead);
        Assert.NotEqual(_table.Digest, other.Digest);
    }

    [Fact]
    public void A_table_that_is_full_of_the_dead_has_room_again_when_they_are_forgotten()
    {
        foreach (var id in Enumerable.Range(2, NodeId.MostInNetwork - 1))
            _table.Hear([Known(new NodeId(id), 1, MemberState.Dead)]);
        var newcomer = Known(new NodeId(20_000), 1);
        Assert.Empty(_table.Hear([newcomer]));

        foreach (var id in _table.Gone)
            _table.Forget(id);

        Assert.Single(_table.Hear([newcomer]));
        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void The_order_of_news_of_the_living_does_not_matter() =>
        Prop.ForAll(Arb.From(Rumours()), rumours =>
        {
            var (forwards, backwards) = (new MemberTable(Known(One, 5)), new MemberTable(Known(One, 5)));
            foreach (var rumour in rumours)
                forwards.HearOfTheLiving([rumour]);
            foreach (var rumour in rumours.Reverse().Concat(rumours))
                backwards.HearOfTheLiving([rumour]);
            return forwards.Alive.SetEquals(backwards.Alive)
                && rumours.All(rumour => rumour.Incarnation == 0 || rumour.Id == One || forwards.LastLifeOf(rumour.Id) == backwards.LastLifeOf(rumour.Id));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whom_nobody_knew_and_who_is_gone_is_not_listed()
    {
        Assert.Empty(_table.HearOfTheLiving([Known(Two, 3, MemberState.Dead)]));
        Assert.Empty(_table.HearOfTheLiving([Known(Two, 3)]));
        Assert.Equal([One], _table.Members.Select(member => member.Id));

        Assert.Single(_table.HearOfTheLiving([Known(Three, 0, MemberState.Dead)]));
    }

    private static Member Known(NodeId id, long incarnation, MemberState state = MemberState.Alive) => new()
    {
        Id = id,
        Host = $"host{id}",
        Port = 5000 + id.Value,
        Incarnation = incarnation,
        State = state,
    };

    private static Gen<Member[]> Rumours() =>
        (from id in Gen.Choose(1, 3)
         from incarnation in Gen.Choose(0, 9)
         from state in Gen.Elements(Enum.GetValues<MemberState>())
         select Known(new NodeId(id), incarnation, state)).ArrayOf();

    private Member Row(NodeId id)
    {
        Assert.True(_table.TryGet(id, out var member));
        return member;
    }
}
