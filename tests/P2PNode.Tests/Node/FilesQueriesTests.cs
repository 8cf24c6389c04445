using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class FilesQueriesTests : IAsyncDisposable
{
    private readonly FollowerUnderTest _follower = new();
    private readonly ManualClock _clock = new();
    private readonly FilesAnswers _answers;
    private readonly FilesQueries _queries;

    public FilesQueriesTests()
    {
        var rows = new FileRows(_follower.Roster, new Whereabouts(_follower.Roster, _follower.Links, _clock));
        _answers = new FilesAnswers(new NetworkCatalogue(), rows, _follower.Roster, _follower.Driver, _clock);
        _queries = new FilesQueries(_answers, rows, _follower.Links, _follower.Driver, _clock);
    }

    [Fact]
    public async Task A_leader_that_does_not_answer_is_not_waited_for_longer_than_one_that_is_not_there()
    {
        var asked = await AskAsync();

        await Eventually.HoldsAsync(() => Passes(1) && asked.IsCompleted, "the question is given up");

        await Assert.ThrowsAsync<NoLeaderException>(() => asked);
    }

    [Fact]
    public async Task An_answer_that_comes_in_parts_is_waited_for()
    {
        var asked = await AskAsync();
        for (var i = 0; i < 6; i++)
        {
            _queries.Take(_follower.Link, Part(more: true, $"{i}"));
            _clock.Advance(TimeSpan.FromSeconds(4));
            Assert.False(asked.IsCompleted);
        }

        _queries.Take(_follower.Link, Part(more: false, "last"));

        Assert.Equal(7, (await asked).Files.Rows.Length);
    }

    [Fact]
    public async Task A_leader_that_says_that_it_searches_is_waited_for()
    {
        var asked = await AskAsync();
        for (var i = 0; i < 6; i++)
        {
            _queries.Take(_follower.Link, new Wire.FilesAnswer { Query = 1, More = true });
            _clock.Advance(TimeSpan.FromSeconds(4));
            Assert.False(asked.IsCompleted);
        }

        _queries.Take(_follower.Link, Part(more: false, "last"));

        Assert.Single((await asked).Files.Rows);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_asks_hears_that_an_answer_is_under_way_if_it_takes_such_a_word(bool patient)
    {
        const int free = WireLimits.SearchesAtOnce;
        const int late = 2 * WireLimits.SearchesPerSecond; // Their turn comes within two seconds.
        await _follower.LinkAsync();
        var query = FilesMapping.ToWire(1, FileQuery.All);
        query.Patient = patient;
        for (var i = 0; i < free; i++)
        {
            _answers.Answer(_follower.Link, query);
            await Eventually.HoldsAsync(() => Answers() > i, "it is answered");
        }

        for (var i = 0; i < late; i++)
            _answers.Answer(_follower.Link, query);
        await Eventually.HoldsAsync(() => Passes(0.1) && Answers() >= free + late + (patient ? 1 : 0), "all are answered");

        if (!patient)
            Assert.Equal(free + late, Answers());

        int Answers() => _follower.LeaderGotCount(FrameType.FilesAnswer);
    }

    public async ValueTask DisposeAsync()
    {
        _queries.Dispose();
        _answers.Dispose();
        await _follower.DisposeAsync();
    }

    private async Task<Task<(FoundFiles Files, Completeness Listings)>> AskAsync()
    {
        await _follower.LinkAsync();
        await _follower.FollowAsync();
        var asked = _queries.FindAsync(FileQuery.All, TestContext.Current.CancellationToken).AsTask();
        await Eventually.HoldsAsync(() => _follower.LeaderGot(FrameType.FilesQuery), "the leader is asked");
        return asked;
    }

    private bool Passes(double seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return true;
    }

    private static Wire.FilesAnswer Part(bool more, string path) => new()
    {
        Query = 1,
        More = more,
        Found = 7,
        Rows = { new Wire.Row { Owner = 2, Path = path, Holders = { 2 } } },
    };
}
