using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public sealed class AnnouncementScheduleTests
{
    private readonly AnnouncementSchedule _schedule = new(TimeSpan.Zero, AnnouncementSchedule.UsualPause);

    [Fact]
    public void A_node_announces_itself_at_once_then_each_3_s_and_after_30_s_each_30_s()
    {
        var times = new List<double>();
        while (_schedule.DueAt < TimeSpan.FromSeconds(100))
        {
            times.Add(_schedule.DueAt.TotalSeconds);
            _schedule.Announced(new Moment(_schedule.DueAt, Luck: 0));
        }

        Assert.Equal([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 55, 80], times);
    }

    [Fact]
    public void A_node_that_announces_itself_more_often_does_so_from_the_start()
    {
        var schedule = new AnnouncementSchedule(TimeSpan.Zero, TimeSpan.FromSeconds(2.4));

        schedule.Announced(new Moment(TimeSpan.Zero, Luck: 0.5));
        Assert.Equal(2.4, schedule.DueAt.TotalSeconds);
    }

    [Fact]
    public void An_address_that_changes_is_announced_at_once_and_often()
    {
        _schedule.Announced(At(100));
        _schedule.AddressesChanged(TimeSpan.FromSeconds(110));
        Assert.Equal(110, _schedule.DueAt.TotalSeconds);

        _schedule.Announced(At(110));
        Assert.InRange(_schedule.DueAt.TotalSeconds, 112, 113);
    }

    [Fact]
    public void A_new_member_is_answered_at_once_but_no_sooner_than_2_s_after_the_last_time()
    {
        _schedule.Announced(At(100));
        _schedule.MemberAppeared(TimeSpan.FromSeconds(101.5));
        Assert.Equal(102, _schedule.DueAt.TotalSeconds);

        _schedule.Announced(At(102));
        Assert.InRange(_schedule.DueAt.TotalSeconds, 127, 137);
        _schedule.MemberAppeared(TimeSpan.FromSeconds(120));
        Assert.Equal(120, _schedule.DueAt.TotalSeconds);
    }

    [Fact]
    public void Whatever_happens_announcements_are_2_s_apart_at_least_and_35_s_at_most() => Prop.ForAll(
        Gen.Choose(0, 3).Zip(Gen.Choose(0, 4_000)).ArrayOf().Zip(Gen.Choose(2, 30)).ToArbitrary(),
        drawn =>
        {
            var (happens, calmPause) = drawn;
            var schedule = new AnnouncementSchedule(TimeSpan.Zero, TimeSpan.FromSeconds(calmPause));
            var (now, last) = (TimeSpan.Zero, (TimeSpan?)null);
            foreach (var (kind, milliseconds) in happens)
            {
                now += TimeSpan.FromMilliseconds(milliseconds);
                if (kind == 0)
                    schedule.AddressesChanged(now);
                else if (kind == 1)
                    schedule.MemberAppeared(now);
                if (schedule.DueAt > now)
                    continue;
                if (last is { } before && now - before < AnnouncementSchedule.ShortestPause)
                    return false;
                last = now;
                schedule.Announced(new Moment(now, milliseconds / 4_001.0));
                if (schedule.DueAt - now < AnnouncementSchedule.ShortestPause || schedule.DueAt - now > TimeSpan.FromSeconds(35))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static Moment At(double seconds) => new(TimeSpan.FromSeconds(seconds), Luck: 0.5);
}
