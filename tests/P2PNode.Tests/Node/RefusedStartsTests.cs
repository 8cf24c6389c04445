using P2PNode.Node;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Node;

public sealed class RefusedStartsTests
{
    private readonly LogLines _log = new();
    private readonly ManualClock _clock = new();
    private readonly RefusedStarts _starts;

    public RefusedStartsTests() => _starts = new RefusedStarts("/srv/NODE1", _clock, _log.Logger);

    [Fact]
    public void A_process_that_is_started_again_and_again_is_told_of_once_a_minute()
    {
        for (var second = 0; second < 120; second++)
        {
            _starts.Take(1000 + second);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("pid 1000)", _log.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("/srv/NODE1 and was refused", _log.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("pid 1060)", _log.Lines.Last(), StringComparison.Ordinal);
    }
}
