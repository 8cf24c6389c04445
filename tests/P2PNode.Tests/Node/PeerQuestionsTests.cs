using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Node;

public sealed class PeerQuestionsTests
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void More_questions_than_may_wait_break_the_rules()
    {
        var questions = new PeerQuestions(_clock);
        for (var i = 0; i < 64; i++)
            questions.Begin();

        Assert.Equal("it asks more than 64 questions at once", Assert.Throws<PeerException>(questions.Begin).Message);

        questions.End();
        questions.Begin();
    }

    [Fact]
    public async Task Two_are_answered_at_a_time()
    {
        var questions = new PeerQuestions(_clock);
        var first = await questions.TurnAsync(Stop);
        await questions.TurnAsync(Stop);
        var third = questions.TurnAsync(Stop).AsTask();
        Assert.False(third.IsCompleted);

        first.Dispose();

        await third;
    }

    [Fact]
    public async Task Who_asks_all_the_time_is_answered_at_a_steady_pace()
    {
        var questions = new PeerQuestions(_clock);
        for (var i = 0; i < WireLimits.SearchesAtOnce; i++)
            (await questions.TurnAsync(Stop)).Dispose();

        var next = questions.TurnAsync(Stop).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(0.9) / WireLimits.SearchesPerSecond);
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2) / WireLimits.SearchesPerSecond);

        (await next).Dispose();
    }
}
