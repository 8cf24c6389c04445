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
        Becomes(MemberState.Alive, MemberState.Dead);
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
        Becomes(MemberState.Alive, MemberState.Dead);
        Becomes(MemberState.Dead, MemberState.Alive);
        Pass(2 * MemberNotices.Grace);

        Assert.Empty(Texts);
    }

    [Fact]
    public void What_came_of_a_suspicion_and_who_comes_back_is_told()
    {
        Becomes(MemberState.Alive, MemberState.Suspect);
        Becomes(MemberState.Suspect, MemberState.Alive);
        Becomes(MemberState.Alive, MemberState.Dead);
        Pass(MemberNotices.Grace);
        Becomes(MemberState.Dead, MemberState.Alive);

        Assert.Equal(
            ["Node 5 does not answer and is suspected to be dead", "Node 5 answered after all", "Node 5 at 10.0.0.5:5001 is dead", "Node 5 at 10.0.0.5:5001 is alive again"],
            Texts);
    }

    private IEnumerable<string> Texts => _lines.Lines.Select(line => line.Replace("\"", "", StringComparison.Ordinal));

    private void Becomes(MemberState before, MemberState after) => _notices.Take(Five with { State = before }, Five with { State = after });

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        _notices.TellDeaths();
    }
}
