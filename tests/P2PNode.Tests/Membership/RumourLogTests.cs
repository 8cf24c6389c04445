using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public class RumourLogTests
{
    private static readonly OverlayOptions Options = new();

    private readonly RumourLog _log = new(new NodeId(1), life: 3, Options);

    [Fact]
    public void A_text_is_taken_once()
    {
        Assert.True(_log.TryTake(Rumour(2, 1), TimeSpan.Zero));
        Assert.False(_log.TryTake(Rumour(2, 1), TimeSpan.Zero));
        Assert.Equal("text", _log.Find(new RumourId(new NodeId(2), 1, 1), TimeSpan.Zero)?.Text);
    }

    [Fact]
    public void One_s_own_text_that_comes_back_is_no_news()
    {
        var said = _log.Say("mine", TimeSpan.Zero);

        Assert.Equal(new RumourId(new NodeId(1), 3, 1), said?.Id);
        Assert.False(_log.TryTake(said!, TimeSpan.Zero));
        Assert.False(_log.TryTake(Rumour(1, 77), TimeSpan.Zero));
    }

    [Fact]
    public void What_is_older_than_texts_are_kept_is_not_taken() =>
        Assert.False(_log.TryTake(Rumour(2, 1) with { Age = Options.Keep + TimeSpan.FromMilliseconds(1) }, TimeSpan.Zero));

    [Fact]
    public void A_text_is_forgotten_in_time_but_not_that_it_was_heard()
    {
        _log.TryTake(Rumour(2, 1), TimeSpan.Zero);
        Assert.Single(_log.Known(Options.Keep));

        Assert.Empty(_log.Known(Options.Keep + TimeSpan.FromSeconds(1)));
        Assert.Empty(_log.Missed([Rumour(2, 1).Id]));
        Assert.Single(_log.Missed([Rumour(2, 2).Id, Rumour(1, 9).Id]));
    }

    [Fact]
    public void A_text_whose_origin_is_forgotten_is_no_news_while_it_is_kept_and_goes_in_its_time()
    {
        _log.TryTake(Rumour(2, 1), TimeSpan.Zero);
        _log.Forget(new NodeId(2));

        Assert.Empty(_log.Missed([Rumour(2, 1).Id]));
        Assert.False(_log.TryTake(Rumour(2, 1), Options.Keep / 2));
        Assert.Single(_log.Known(Options.Keep));
        Assert.Empty(_log.Known(Options.Keep + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void No_origin_is_heard_more_often_than_it_may_talk()
    {
        var taken = Enumerable.Range(1, 300).Count(number => _log.TryTake(Rumour(2, number), TimeSpan.Zero));
        Assert.Equal(2 * Options.TextsAtOnce, taken);

        Assert.True(_log.TryTake(Rumour(3, 1), TimeSpan.Zero));
        Assert.True(_log.TryTake(Rumour(2, 301), TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void The_user_is_refused_before_others_would_drop_the_text()
    {
        Assert.Equal(Options.TextsAtOnce, Enumerable.Range(0, 100).Count(_ => _log.Say("text", TimeSpan.Zero) is not null));
        Assert.NotNull(_log.Say("text", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Texts_take_bounded_room()
    {
        var large = new string('x', OverlayOptions.MostTextBytes);
        for (var origin = 2; origin < 1_000; origin++)
            _log.TryTake(Rumour(origin, 1) with { Text = large }, TimeSpan.Zero);

        Assert.InRange(_log.Known(TimeSpan.Zero).Length, 1, 64);
    }

    private static Rumour Rumour(int origin, long number) => new(new RumourId(new NodeId(origin), 1, number), TimeSpan.Zero, "text");
}
