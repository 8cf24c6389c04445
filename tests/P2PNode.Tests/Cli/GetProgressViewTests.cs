using P2PNode.Cli.Display;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class GetProgressViewTests
{
    private readonly SteppedClock _clock = new();

    [Theory]
    [InlineData(0, 3, "")]
    [InlineData(0, 5, "0 of 1 file, 0 B of 9 B\n")]
    [InlineData(4, 1, "")]
    [InlineData(4, 3, "0 of 1 file, 4 B of 9 B\n")]
    public async Task A_line_is_written_once_something_came_or_nothing_did_for_long(long bytes, int seconds, string shown)
    {
        var output = new StringWriter();

        await GetProgressView.ShowAsync(LinesAsync(bytes, seconds), new Screen(output, isTerminal: false, _clock), TestContext.Current.CancellationToken);

        Assert.Equal(shown, output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Where_one_line_can_stay_in_its_place_it_shows_a_bar_and_goes_with_the_end()
    {
        List<string?> shown = [];
        var screen = new Screen(new StringWriter(), isTerminal: true, _clock) { InPlace = shown.Add };

        await GetProgressView.ShowAsync(LinesAsync(bytes: 3, seconds: 0), screen, TestContext.Current.CancellationToken);

        Assert.Equal(["[######--------------]  33 % 0 of 1 file, 3 B of 9 B", null], shown);
    }

    [Theory]
    [InlineData(1e10, 0.1, false)]
    [InlineData(1e6, 0.5, true)]
    [InlineData(0.0, 2.0, false)]
    [InlineData(null, null, false)]
    public void A_rate_is_shown_once_it_was_measured_for_half_a_second(double? speed, double? seconds, bool isShown) =>
        Assert.Equal(isShown, GetProgressView.IsRate(speed, seconds is { } measured ? TimeSpan.FromSeconds(measured) : null));

    private async IAsyncEnumerable<GetLine> LinesAsync(long bytes, int seconds)
    {
        yield return new GetLine { Plan = new GetPlan(1, 9) };
        await Task.Yield();
        _clock.Seconds += seconds;
        yield return new GetLine { Progress = new GetProgress(0, bytes, []) };
        yield return new GetLine { Totals = new GetTotals(1, 9, 0, 1) };
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
