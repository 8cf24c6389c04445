using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

/// <summary>One machine whose neighbours are played by the test.</summary>
public class OverlayMachineTests
{
    private static readonly NodeId Two = new(2);

    private readonly MemberTable _table = new(Row(1));
    private TimeSpan _now;
    private double _luck;

    [Fact]
    public void Who_asks_becomes_a_neighbour_and_of_too_many_one_has_to_go()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });

        for (var id = 2; id <= 18; id++)
        {
            Step(machine, new LinkMade(Row(id)));
            Assert.Contains(new Tell(new NodeId(id), new NeighbourAnswer(_table.Digest)), Step(machine, Came(id, new NeighbourRequest(0))));
        }

        var parted = Step(machine, new TimePassed()).OfType<LinkUnused>().Count();
        Assert.Equal(16, machine.Neighbours.Length + parted);
    }

    [Fact]
    public void A_node_looks_for_four_neighbours_and_no_more()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });

        var effects = Step(machine, new MembersTold([.. Enumerable.Range(2, 30).Select(Row)]));

        Assert.Equal(4, Assert.Single(effects.OfType<WantLinks>()).Peers.Count);
    }

    [Fact]
    public void In_a_small_network_nobody_looks_for_neighbours_and_every_link_carries_texts()
    {
        var machine = Machine(new OverlayOptions());
        Assert.Empty(Step(machine, new MembersTold([Row(2)])).OfType<WantLinks>());
        Step(machine, new LinkMade(Row(2)));
        Step(machine, new LinkMade(Row(3)));

        var told = Step(machine, new TextSaid("hello")).OfType<Tell>().Select(tell => tell.To.Value);
        Assert.Equal([2, 3], told);

        var forwarded = Step(machine, Came(2, new Rumour(new RumourId(new NodeId(9), 1, 1), TimeSpan.Zero, "far")));
        Assert.Equal(Two, Assert.Single(forwarded.OfType<TextHeard>()).From);
        Assert.Equal(3, Assert.Single(forwarded.OfType<Tell>()).To.Value);
        Assert.Empty(Step(machine, Came(3, new Rumour(new RumourId(new NodeId(9), 1, 1), TimeSpan.Zero, "far"))));
    }

    [Fact]
    public void A_link_of_a_small_network_that_ends_says_nothing_of_who_lives()
    {
        var machine = Machine(new OverlayOptions());
        Step(machine, new LinkMade(Row(2)));

        Assert.Empty(Step(machine, new LinkGone(Two, LinkFate.Lost)));
        Assert.Contains(Two, _table.Alive);
    }

    [Fact]
    public void A_false_death_of_this_node_is_refuted_on_disk_first()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });
        Step(machine, new LinkMade(Row(2)));
        Step(machine, Came(2, new NeighbourRequest(0)));

        var effects = Step(machine, Came(2, new MemberNews([Row(1) with { State = MemberState.Dead }])));
        Assert.Equal(2, Assert.Single(effects.OfType<PersistIncarnation>()).Incarnation);

        _now += TimeSpan.FromSeconds(0.1);
        var news = Step(machine, new TimePassed()).OfType<Tell>().Select(tell => tell.Message).OfType<MemberNews>();
        Assert.Contains(news.SelectMany(told => told.Members), row => (row.Id.Value, row.Incarnation, row.State) == (1, 2, MemberState.Alive));
    }

    [Fact]
    public void Who_comes_back_with_an_earlier_life_hears_of_its_death()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });
        _table.Hear([Row(2) with { Incarnation = 7, State = MemberState.Dead }]);

        var told = Step(machine, new LinkMade(Row(2))).OfType<Tell>().Select(tell => tell.Message).OfType<MemberNews>();

        Assert.Contains(told.SelectMany(news => news.Members), row => (row.Id, row.Incarnation, row.State) == (Two, 7, MemberState.Dead));
    }

    [Fact]
    public void Who_takes_an_earlier_life_of_this_node_for_over_hears_of_the_present_one()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });
        _table.Hear([Row(1) with { State = MemberState.Dead }]);
        Step(machine, new LinkMade(Row(2)));

        var told = Step(machine, Came(2, new MemberNews([Row(1) with { State = MemberState.Dead }]))).OfType<Tell>();

        var news = Assert.IsType<MemberNews>(Assert.Single(told, tell => tell.To == Two).Message);
        Assert.Equal(Row(1) with { Incarnation = 2 }, Assert.Single(news.Members));
        Assert.Empty(Step(machine, Came(2, new MemberNews([Row(1)]))).OfType<Tell>());
    }

    [Fact]
    public void Who_is_linked_hears_that_others_take_it_for_dead()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true });
        Befriend(machine);
        Step(machine, new LinkMade(Row(3)));

        var told = Step(machine, Came(2, new MemberNews([Row(3) with { State = MemberState.Dead }]))).OfType<Tell>();

        var news = Assert.IsType<MemberNews>(Assert.Single(told, tell => tell.To == new NodeId(3)).Message);
        Assert.Contains(news.Members, row => (row.Id.Value, row.Incarnation, row.State) == (3, 1, MemberState.Dead));
    }

    [Fact]
    public void A_question_of_a_stranger_to_the_link_is_not_answered() =>
        Assert.Empty(Step(Machine(new OverlayOptions { IsLarge = true }), Came(2, new Probe(0))));

    [Fact]
    public void An_offer_of_texts_is_taken_up_once()
    {
        var machine = Machine(new OverlayOptions());
        Step(machine, new TextSaid("hello"));
        var offer = Assert.Single(Step(machine, new LinkMade(Row(2))).OfType<Tell>());
        var known = Assert.IsType<RumoursKnown>(offer.Message);

        Assert.Single(Step(machine, Came(2, new RumoursMissed(known.Ids))));
        Assert.Empty(Step(machine, Came(2, new RumoursMissed(known.Ids))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Texts_are_compared_as_often_as_is_set_also_where_probes_are_rarer(bool isLarge)
    {
        var machine = Machine(new OverlayOptions { IsLarge = isLarge, Probe = TimeSpan.FromSeconds(13), Gossip = TimeSpan.FromSeconds(5) });
        Befriend(machine);
        Step(machine, new TextSaid("hello"));

        Assert.InRange(Run(machine, TimeSpan.FromMinutes(1)).OfType<Tell>().Count(tell => tell.Message is RumoursKnown), 11, 12);
    }

    [Fact]
    public void Lists_are_exchanged_and_members_visited_as_often_as_is_set_also_where_probes_are_rare()
    {
        var machine = Machine(new OverlayOptions { IsLarge = true, Chosen = 1, Probe = TimeSpan.FromMinutes(10), Rotate = TimeSpan.FromMinutes(1) });
        Befriend(machine);
        Step(machine, new MembersTold([.. Enumerable.Range(3, 5).Select(Row)]));
        Step(machine, new LinkMade(Row(3)));
        Step(machine, Came(3, new NeighbourAnswer(0)));

        var effects = Run(machine, TimeSpan.FromMinutes(5));

        Assert.InRange(effects.OfType<Tell>().Count(tell => tell.Message is Shuffle), 9, 10);
        Assert.NotEmpty(effects.OfType<WantLinks>());
    }

    [Fact]
    public void Settings_that_cannot_be_are_named_all_at_once()
    {
        Assert.Empty(new OverlayOptions().Problems());
        Assert.Equal(2, new OverlayOptions { Chosen = 0, Probe = TimeSpan.Zero }.Problems().Count());
    }

    private OverlayMachine Machine(OverlayOptions options) => new(_table, options, _now);

    /// <summary>Has node 2 be a neighbour.</summary>
    private void Befriend(OverlayMachine machine)
    {
        Step(machine, new LinkMade(Row(2)));
        Step(machine, Came(2, new NeighbourRequest(0)));
    }

    /// <summary>Wakes the machine whenever it asks for it.</summary>
    private List<OverlayEffect> Run(OverlayMachine machine, TimeSpan time)
    {
        var effects = new List<OverlayEffect>();
        for (var end = _now + time; machine.WakeAt <= end;)
        {
            Assert.True(machine.WakeAt > _now || effects.Count == 0, "It asks to be woken in the past.");
            _now = machine.WakeAt;
            effects.AddRange(Step(machine, new TimePassed()));
        }

        return effects;
    }

    private IReadOnlyList<OverlayEffect> Step(OverlayMachine machine, OverlayInput input) =>
        machine.Step(new Moment(_now, _luck = (_luck + 0.37) % 1), input);

    private static MessageCame Came(int from, OverlayMessage message) => new(new NodeId(from), message);

    private static Member Row(int id) =>
        new() { Id = new NodeId(id), Host = $"host{id}", Port = 5000 + id, Incarnation = 1, State = MemberState.Alive };
}
