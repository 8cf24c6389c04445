using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Node;

public sealed class MemberNoticesTests
{
    private static readonly Member Five = new() { Id = new NodeId(5), Host = "10.0.0.5", Port = 5001, Incarnation = 3 };

    private readonly ManualClock _clock = new();
    private readonly LogLines _lines = new();
    private readonly MemberNotices _notices;

    public MemberNoticesTests() => _notices = new MemberNotices(_clock, _lines.Logger);

    [Fact]
    public void A_death_is_told_when_nobody_denied_it()
    {
        Becomes(MemberState.Dead);
        Pass(MemberNotices.Grace / 2);
        Assert.Empty(Texts);
        Assert.Equal(MemberNotices.Grace / 2, _notices.NextIn);

        Pass(MemberNotices.Grace / 2);
        Pass(MemberNotices.Grace);

        Assert.Equal(["Node 5 at 10.0.0.5:5001 is dead"], Texts);
        Assert.Null(_notices.NextIn);
    }

    [Fact]
    public void A_death_that_is_denied_at_once_is_not_told()
    {
        Becomes(MemberState.Dead);
        Becomes(MemberState.Alive);
        Pass(2 * MemberNotices.Grace);

        Assert.Empty(Texts);
    }

    [Fact]
    public void What_came_of_a_suspicion_and_who_comes_back_is_told()
    {
        Becomes(MemberState.Suspect);
        Becomes(MemberState.Alive);
        Becomes(MemberState.Dead);
        Pass(MemberNotices.Grace);
        Becomes(MemberState.Alive);

        Assert.Equal(
            ["Node 5 does not answer and is suspected to be dead", "Node 5 answered after all", "Node 5 at 10.0.0.5:5001 is dead", "Node 5 at 10.0.0.5:5001 is alive again"],
            Texts);
    }

    [Fact]
    public void Who_is_met_for_the_first_time_does_not_live_again()
    {
        Becomes(MemberState.Alive); // As all of nodes.json count until they are met.

        Assert.Empty(Texts);
    }

    [Fact]
    public void What_came_of_a_suspicion_is_told_also_where_a_death_was_denied_in_between()
    {
        Becomes(MemberState.Suspect);
        Becomes(MemberState.Dead);
        Becomes(MemberState.Alive);

        Assert.Equal(["Node 5 does not answer and is suspected to be dead", "Node 5 answered after all"], Texts);
    }

    [Fact]
    public void Of_who_is_forgotten_nothing_is_told_any_more()
    {
        Becomes(MemberState.Dead);
        _notices.Forget(Five.Id);
        Pass(2 * MemberNotices.Grace);
        Becomes(MemberState.Alive);

        Assert.Empty(Texts);
    }

    private IEnumerable<string> Texts => _lines.Lines.Select(line => line.Replace("\"", "", StringComparison.Ordinal));

    private void Becomes(MemberState state) => _notices.Take(Five with { State = state });

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        _notices.TellDeaths();
    }
}
