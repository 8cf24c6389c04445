using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public sealed class SeedBookTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly SeedBook _book = new(SeedBook.UsualLapse);

    [Fact]
    public void Who_registers_is_listed_alive_and_renewing_is_no_news()
    {
        Assert.Equal(new SeedRegistered(Node(7), null), _book.Register(Start, Node(7)));
        Assert.Equal(new SeedRenewed(Node(7)), _book.Register(Start, Node(7)));

        Assert.Equal([Node(7)], _book.Members);
    }

    [Fact]
    public void A_new_address_and_a_new_life_are_news()
    {
        _book.Register(Start, Node(7));
        var moved = Node(7) with { Host = "10.0.0.9" };
        var restarted = moved with { Incarnation = 2 };

        Assert.Equal(new SeedRegistered(moved, Node(7)), _book.Register(Start, moved));
        Assert.Equal(new SeedRegistered(restarted, moved), _book.Register(Start, restarted));
        Assert.Equal([restarted], _book.Members);
        Assert.Equal(1, _book.Count);
    }

    [Fact]
    public void An_earlier_life_is_not_registered_over_a_later_one()
    {
        var later = Node(7) with { Incarnation = 5 };
        _book.Register(Start, later);

        Assert.Equal(new SeedOutdated(later), _book.Register(Start, Node(7)));
        Assert.Equal([later], _book.Members);
    }

    [Fact]
    public void A_registration_that_is_not_renewed_lapses()
    {
        _book.Register(Start, Node(7));
        _book.Register(Start, Node(8));
        _book.Register(Start + SeedBook.UsualRenewal, Node(8));

        Assert.Empty(_book.Lapse(Start + SeedBook.UsualLapse));
        Assert.Equal([Node(7)], _book.Lapse(Start + SeedBook.UsualLapse + TimeSpan.FromTicks(1)));
        Assert.Equal([Node(8)], _book.Members);
    }

    [Fact]
    public void Two_reports_a_day_apart_are_no_death_however_long_registrations_last()
    {
        var book = new SeedBook(TimeSpan.FromDays(1));
        book.Register(Start, Node(7));
        book.Report(Start, new NodeId(1), new NodeId(7), 1);
        book.ProbeAnswered(new NodeId(7));
        book.Report(Start + TimeSpan.FromSeconds(5), new NodeId(1), new NodeId(7), 1);

        Assert.IsType<SeedSuspects>(book.Report(Start + TimeSpan.FromHours(20), new NodeId(2), new NodeId(7), 1));
    }

    [Fact]
    public void A_list_from_the_disk_is_offered_at_once_and_lapses_like_any_other()
    {
        _book.Register(Start, Node(8) with { Port = 99 });
        _book.Restore(Start, [Node(7) with { State = MemberState.Dead }, Node(8)]);

        Assert.Equal([Node(7), Node(8) with { Port = 99 }], _book.Members);
        Assert.Equal(2, _book.Lapse(Start + SeedBook.UsualLapse + TimeSpan.FromSeconds(1)).Count);
    }

    [Fact]
    public void Two_observers_are_believed_and_one_is_not_however_often_it_says_it()
    {
        _book.Register(Start, Node(7));

        Assert.Equal(new SeedSuspects(Node(7)), Report(by: 1));
        Assert.Equal(new SeedIgnored(), Report(by: 1));
        Assert.Equal(new SeedSuspects(Node(7)), Report(by: 1, after: SeedBook.ProbeAtMostEvery));
        Assert.Equal([Node(7)], _book.Members);

        Assert.Equal(new SeedDied(Node(7)), Report(by: 2));
        Assert.Empty(_book.Members);
    }

    [Fact]
    public void One_observer_and_the_seeds_own_probe_are_believed()
    {
        _book.Register(Start, Node(7));

        Assert.IsType<SeedIgnored>(_book.ProbeFailed(new NodeId(7), 1)); // Nobody asked.
        Report(by: 1);
        Assert.Equal(new SeedDied(Node(7)), _book.ProbeFailed(new NodeId(7), 1));
        Assert.Empty(_book.Members);
    }

    [Fact]
    public void A_probe_that_is_answered_clears_a_member_of_what_was_said_before()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);

        _book.ProbeAnswered(new NodeId(7));

        Assert.Equal(new SeedSuspects(Node(7)), Report(by: 2, after: SeedBook.ProbeAtMostEvery));
    }

    [Fact]
    public void Who_reports_again_and_again_has_nobody_dialled_each_time()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);
        _book.ProbeAnswered(new NodeId(7));
        _book.Register(Start, Node(7));

        Assert.Equal(new SeedIgnored(), Report(by: 1));
        Assert.Equal(new SeedDied(Node(7)), Report(by: 2));
    }

    [Fact]
    public void Reports_that_lie_far_apart_do_not_add_up()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);

        Assert.Equal(new SeedSuspects(Node(7)), Report(by: 2, after: SeedBook.UsualLapse + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Renewing_does_not_refute_a_report_but_a_new_life_does()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);
        _book.Register(Start, Node(7));
        Assert.Equal(new SeedDied(Node(7)), Report(by: 2));

        _book.Register(Start, Node(8));
        _book.Report(Start, new NodeId(1), new NodeId(8), 1);
        _book.Register(Start, Node(8) with { Incarnation = 2 });
        Assert.IsType<SeedSuspects>(_book.Report(Start, new NodeId(2), new NodeId(8), 2));
    }

    [Fact]
    public void A_probe_of_an_earlier_life_condemns_no_later_one()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);
        _book.Register(Start, Node(7) with { Incarnation = 2 });
        _book.Report(Start, new NodeId(1), new NodeId(7), 2);

        Assert.IsType<SeedIgnored>(_book.ProbeFailed(new NodeId(7), 1));
        Assert.Single(_book.Members);
    }

    [Fact]
    public void What_is_only_repeated_has_the_seed_look_but_condemns_nobody()
    {
        _book.Register(Start, Node(7));

        Assert.Equal(new SeedSuspects(Node(7)), _book.Repeat(Start, new NodeId(7), 1));
        Assert.Equal(new SeedIgnored(), _book.Repeat(Start, new NodeId(7), 1));
        Assert.Equal(new SeedIgnored(), Report(by: 1)); // It is being looked at.
        _book.Repeat(Start, new NodeId(7), 1);
        Assert.Single(_book.Members);
        Assert.Equal(new SeedDied(Node(7)), _book.ProbeFailed(new NodeId(7), 1));
    }

    [Fact]
    public void Who_answered_is_looked_at_again_after_a_while_however_often_its_death_is_repeated()
    {
        _book.Register(Start, Node(7));
        _book.Repeat(Start, new NodeId(7), 1);
        _book.ProbeAnswered(new NodeId(7));

        Assert.IsType<SeedIgnored>(_book.Repeat(Start + SeedBook.ProbeAtMostEvery + TimeSpan.FromSeconds(1), new NodeId(7), 1));
        Assert.IsType<SeedSuspects>(_book.Repeat(Start + SeedBook.UsualLapse + TimeSpan.FromSeconds(1), new NodeId(7), 1));
        Assert.IsType<SeedIgnored>(_book.Repeat(Start, new NodeId(8), 1));
        _book.Register(Start, Node(7) with { Incarnation = 2 });
        Assert.IsType<SeedIgnored>(_book.Repeat(Start, new NodeId(7), 1));
    }

    [Fact]
    public void Nobody_reports_itself_an_earlier_life_or_who_is_not_there()
    {
        _book.Register(Start, Node(7) with { Incarnation = 3 });

        Assert.IsType<SeedIgnored>(_book.Report(Start, new NodeId(7), new NodeId(7), 3));
        Assert.IsType<SeedIgnored>(_book.Report(Start, new NodeId(1), new NodeId(7), 2));
        Assert.IsType<SeedIgnored>(_book.Report(Start, new NodeId(1), new NodeId(9), 1));
    }

    [Fact]
    public void Who_was_found_dead_comes_back_with_a_higher_incarnation_only()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);
        Report(by: 2);

        Assert.IsType<SeedOutdated>(_book.Register(Start, Node(7)));
        Assert.Empty(_book.Members);
        Assert.Equal(new SeedRegistered(Node(7) with { Incarnation = 2 }, null), _book.Register(Start, Node(7) with { Incarnation = 2 }));
        Assert.Single(_book.Members);
    }

    [Fact]
    public void The_dead_are_forgotten_in_the_end()
    {
        _book.Register(Start, Node(7));
        Report(by: 1);
        Report(by: 2);

        Assert.Empty(_book.Lapse(Start + SeedBook.ForgetDeadAfter + TimeSpan.FromSeconds(1)));
        Assert.IsType<SeedRegistered>(_book.Register(Start, Node(7)));
    }

    [Fact]
    public void Who_says_goodbye_is_dropped_and_may_come_back()
    {
        _book.Register(Start, Node(7) with { Incarnation = 3 });

        Assert.IsType<SeedIgnored>(_book.Leave(new NodeId(7), 2)); // An older connection ends late.
        Assert.IsType<SeedLeft>(_book.Leave(new NodeId(7), 3));
        Assert.Empty(_book.Members);
        Assert.IsType<SeedRegistered>(_book.Register(Start, Node(7) with { Incarnation = 3 }));
    }

    [Fact]
    public void A_full_book_takes_no_newcomer_but_forgets_the_dead_for_one()
    {
        var book = new SeedBook(SeedBook.UsualLapse, most: 2);
        book.Register(Start, Node(1));
        book.Register(Start, Node(2));

        Assert.Equal(new SeedFull(Node(3)), book.Register(Start, Node(3)));
        Assert.Equal(new SeedRenewed(Node(1)), book.Register(Start, Node(1)));

        book.Report(Start, new NodeId(8), new NodeId(2), 1);
        book.Report(Start, new NodeId(9), new NodeId(2), 1);
        Assert.IsType<SeedRegistered>(book.Register(Start, Node(3)));
        Assert.Equal(2, book.Count);
    }

    private static Member Node(int id) => new() { Id = new NodeId(id), Host = "10.0.0.7", Port = 5000 + id, Incarnation = 1, State = MemberState.Alive };

    private SeedNews Report(int by, TimeSpan after = default) => _book.Report(Start + after, new NodeId(by), new NodeId(7), 1);
}
