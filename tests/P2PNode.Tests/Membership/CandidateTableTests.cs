using System.Globalization;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public sealed class CandidateTableTests
{
    private const string Host = "10.0.0.2";

    private readonly CandidateTable _table = new();

    [Fact]
    public void Who_is_new_is_dialled_once_after_a_wait_that_grows_with_the_network()
    {
        Assert.True(_table.Hear(Said(2), Host, members: 100, At(10, luck: 0.5)));

        Assert.Null(Take(10));
        var candidate = Take(10.25);
        Assert.Equal(new NodeAddress(Host, 5000), candidate?.Address);
        Assert.Null(Take(11));

        _table.Linked(candidate!);
        Assert.Null(_table.TakeDue(one => _table.IsSought(one, Alive(2, Host), isLinked: true), Seconds(11), out _));
    }

    [Fact]
    public void Who_is_heard_again_is_no_news_unless_it_is_another_process()
    {
        _table.Hear(Said(2), Host, 0, At(0));

        Assert.False(_table.Hear(Said(2) with { SaidAt = 2 }, Host, 0, At(1)));
        Assert.True(_table.Hear(Said(2) with { Instance = 99 }, Host, 0, At(2)));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_packet_that_is_repeated_keeps_nobody_alive()
    {
        _table.Hear(Said(2) with { SaidAt = 5 }, Host, 0, At(0));
        _table.Hear(Said(2) with { SaidAt = 4 }, Host, 0, At(50));

        Assert.Null(Take(60));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Who_is_not_heard_for_60_s_is_forgotten()
    {
        _table.Hear(Said(2), Host, 0, At(0));
        _table.Hear(Said(2) with { SaidAt = 2 }, Host, 0, At(30));

        Assert.NotNull(_table.TakeDue(_ => true, Seconds(89.9), out _));
        _table.Failed(_table.Candidates.Single(), Seconds(89.9));
        Assert.Null(_table.TakeDue(_ => true, Seconds(90), out var wakeAt));
        Assert.Equal((0, TimeSpan.MaxValue), (_table.Count, wakeAt));
    }

    [Fact]
    public void Who_fails_to_answer_is_tried_after_2_4_8_16_and_30_s()
    {
        var dials = new List<double>();
        for (var now = 0.0; now < 120; now += 0.5)
        {
            _table.Hear(Said(2) with { SaidAt = (long)(now * 10) }, Host, 0, At(now));
            if (Take(now) is not { } candidate)
                continue;
            dials.Add(now);
            _table.Failed(candidate, Seconds(now));
        }

        Assert.Equal([0, 2, 6, 14, 30, 60, 90], dials);
    }

    [Fact]
    public void There_are_at_most_4_dials_in_any_second()
    {
        for (var id = 2; id < 200; id++)
            _table.Hear(Said(id), $"10.0.1.{id}", 0, At(0));
        var dials = new List<double>();
        for (var now = 0.0; now < 10; now += 0.05)
        {
            while (Take(now) is not null)
                dials.Add(now);
        }

        Assert.InRange(dials.Count, 37, 40);
        Assert.All(dials, dial => Assert.InRange(dials.Count(other => other >= dial && other < dial + 0.999), 1, 4));
    }

    [Fact]
    public void When_the_dials_are_spent_it_is_said_when_there_are_more()
    {
        for (var id = 2; id < 8; id++)
            _table.Hear(Said(id), $"10.0.1.{id}", 0, At(0));
        for (var i = 0; i < 4; i++)
            Assert.NotNull(Take(0.1 * i));

        Assert.Null(_table.TakeDue(_ => true, Seconds(0.5), out var wakeAt));
        Assert.Equal(1, wakeAt.TotalSeconds);
    }

    [Fact]
    public void A_host_that_lied_comes_after_those_that_did_not()
    {
        for (var id = 100; id < 150; id++)
            _table.Hear(Said(id), "10.0.0.66", 0, At(0));
        _table.Failed(Take(0)!, Seconds(0));
        _table.Hear(Said(2), Host, 0, At(0.5));

        Assert.Equal(Host, Take(0.5)?.Address.Host);
    }

    [Fact]
    public void One_host_and_all_together_bring_only_so_many_and_the_oldest_go_first()
    {
        for (var id = 1; id < 1_000; id++)
            _table.Hear(Said(id), Host, 0, At(0));
        Assert.Equal(CandidateTable.MostOfOneHost, _table.Count);

        for (var id = 1; id <= 5_000; id++)
            _table.Hear(Said(id), string.Create(CultureInfo.InvariantCulture, $"10.1.{id / 200}.{id % 200}"), 0, At(1 + id / 1_000.0));
        Assert.Equal(CandidateTable.Most, _table.Count);
        Assert.DoesNotContain(_table.Candidates, candidate => candidate.Address.Host == Host);
    }

    [Fact]
    public void Who_is_pushed_out_while_it_is_dialled_does_no_harm()
    {
        _table.Hear(Said(2), Host, 0, At(0));
        var candidate = Take(0)!;
        _table.Forget(new NodeId(2));

        _table.Failed(candidate, Seconds(1));
        _table.Linked(candidate);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Sought_are_the_unknown_the_lost_the_restarted_and_the_moved()
    {
        _table.Hear(Said(2), Host, 0, At(0));
        var candidate = _table.Candidates.Single();

        Assert.True(_table.IsSought(candidate, known: null, isLinked: false));
        Assert.False(_table.IsSought(candidate, known: null, isLinked: true));
        Assert.False(_table.IsSought(candidate, Alive(2, Host), isLinked: false));
        Assert.True(_table.IsSought(candidate, Alive(2, Host) with { State = MemberState.Suspect }, isLinked: false));
        Assert.True(_table.IsSought(candidate, Alive(2, Host) with { Incarnation = 0 }, isLinked: false));
        Assert.True(_table.IsSought(candidate, Alive(2, "10.0.0.9"), isLinked: false));
        Assert.False(_table.IsSought(candidate, Alive(2, "10.0.0.9"), isLinked: true));
    }

    [Fact]
    public void A_member_with_two_addresses_is_not_dialled_at_the_other_one_but_one_that_moved_is()
    {
        _table.Hear(Said(2), "10.0.0.2", 0, At(0));
        _table.Hear(Said(2), "192.168.0.2", 0, At(0));
        var other = _table.Candidates.Single(candidate => candidate.Address.Host == "192.168.0.2");
        Assert.False(_table.IsSought(other, Alive(2, "10.0.0.2"), isLinked: false));

        _table.Hear(Said(2) with { SaidAt = 9 }, "192.168.0.2", 0, At(3));
        Assert.True(_table.IsSought(other, Alive(2, "10.0.0.2"), isLinked: false));
    }

    [Fact]
    public void A_member_that_answered_where_it_was_announced_is_dialled_there_once_whatever_it_calls_its_host()
    {
        _table.Hear(Said(2), Host, 0, At(0));
        _table.Linked(Take(0)!);

        Assert.False(_table.IsSought(_table.Candidates.Single(), Alive(2, "two.example"), isLinked: false));
        Assert.True(_table.IsSought(_table.Candidates.Single(), Alive(2, "two.example") with { State = MemberState.Dead }, isLinked: false));
    }

    private static Announcement Said(int id) => new(new NodeId(id), (ulong)id, Incarnation: 1, Port: 5000, SaidAt: 1);

    private static Member Alive(int id, string host) =>
        new() { Id = new NodeId(id), Host = host, Port = 5000, Incarnation = 1, State = MemberState.Alive };

    private static Moment At(double seconds, double luck = 0) => new(Seconds(seconds), luck);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private Candidate? Take(double now) => _table.TakeDue(_ => true, Seconds(now), out _);
}
