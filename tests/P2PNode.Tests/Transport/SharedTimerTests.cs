using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class SharedTimerTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly SharedTimer _timer;
    private readonly List<string> _called = [];

    public SharedTimerTests() => _timer = new SharedTimer(Every, _clock);

    [Fact]
    public void One_timer_serves_all_and_runs_only_while_somebody_has_joined()
    {
        Assert.Equal(0, _clock.Timers);
        var first = _timer.Join(() => _called.Add("first"));
        var second = _timer.Join(() => _called.Add("second"));
        Assert.Equal(1, _clock.Timers);
        _clock.Advance(Every);
        Assert.Equal(["first", "second"], _called.Order());

        first.Dispose();
        first.Dispose();
        _clock.Advance(Every);
        Assert.Equal(["first", "second", "second"], _called.Order());
        second.Dispose();
        Assert.Equal(0, _clock.Timers);

        using var third = _timer.Join(() => _called.Add("third"));
        _clock.Advance(Every);
        Assert.Equal("third", _called[^1]);
    }

    [Fact]
    public void A_tick_that_still_runs_when_the_next_is_due_is_not_started_again()
    {
        using var slow = _timer.Join(() =>
        {
            _called.Add("begins");
            if (_called.Count < 5)
                _clock.Advance(Every);
            _called.Add("ends");
        });

        _clock.Advance(Every);
        Assert.Equal(["begins", "ends"], _called);

        _clock.Advance(2 * Every); // The second one was left out.
        Assert.Equal(["begins", "ends", "begins", "ends"], _called);
    }

    [Fact]
    public void Who_is_called_may_end_its_membership_and_that_of_others()
    {
        List<IDisposable> members = [];
        for (var i = 0; i < 3; i++)
            members.Add(_timer.Join(() => members.ForEach(member => member.Dispose())));

        _clock.Advance(Every);

        Assert.Equal(0, _clock.Timers);
    }
}
