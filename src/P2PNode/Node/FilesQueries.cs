using System.Collections.Concurrent;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Finds files for people and programs at this node: in the catalogue where it leads, elsewhere by asking the leader.
/// Thread-safe.
/// </summary>
internal sealed class FilesQueries(FilesAnswers answers, FileRows rows, LinkTable links, ElectionDriver election, TimeProvider clock) : IDisposable
{
    /// <summary>How long a question waits for a leader to be there, and then for its next word: a part of the answer, or a sign that it comes.</summary>
    private static readonly TimeSpan LeaderDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Questions under way; half of what a leader bears, as an old link and a new one may both be counted.</summary>
    private const int MostAsked = 32;

    private readonly SemaphoreSlim _room = new(MostAsked);
    private readonly ConcurrentDictionary<long, (Link Link, FilesQuestion Question)> _asked = new();
    private long _number;

    /// <summary>The rows that answer a question, with the holders that live.</summary>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    public async ValueTask<(FoundFiles Files, Completeness Listings)> FindAsync(FileQuery query, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        while (LeaderDeadline - clock.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            var now = election.Now;
            if (now.Leads)
                return await answers.FindAsync(query, stop);
            if (now.Leader is { } leader && links.Find(leader) is { } link && await AskAsync(link, query, left, stop) is { } answer)
                return answer;

            // Whatever comes first: another leadership, or a link to the leader that is there.
            var patience = Task.Delay(TimeSpan.FromMilliseconds(100), clock, stop);
            await Task.WhenAny(election.ChangeAsync(now, stop), patience);
            stop.ThrowIfCancellationRequested();
        }

        throw new NoLeaderException($"No leader answered within {LeaderDeadline.TotalSeconds:0} seconds; try again.");
    }

    /// <inheritdoc cref="INodeQueries.FilesAsync"/>
    public async ValueTask<FilesReport> FilesAsync(FileQuery query, CancellationToken stop)
    {
        var (files, listings) = await FindAsync(query, stop);
        return new FilesReport([.. files.Rows.Select(rows.ToReport)], new ListingsReport(listings.Complete, listings.Expected), files.Found);
    }

    /// <summary>A part of an answer has come; one that nobody waits for any more is dropped.</summary>
    /// <exception cref="PeerException">No correct leader answers so.</exception>
    public void Take(Link link, Wire.FilesAnswer answer)
    {
        if (_asked.TryGetValue(answer.Query, out var asked) && asked.Link == link)
            asked.Question.Take(answer);
    }

    public void Dispose() => _room.Dispose();

    /// <summary>Null where the link ended, or its other end does not lead or does not answer in time.</summary>
    private async Task<(FoundFiles Files, Completeness Listings)?> AskAsync(Link link, FileQuery query, TimeSpan wait, CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        var number = Interlocked.Increment(ref _number);
        var question = new FilesQuestion(query);
        _asked[number] = (link, question);
        await using var closing = link.Closing.Register(question.GiveUp);
        try
        {
            return link.TrySend(FrameType.FilesQuery, FilesMapping.ToWire(number, query))
                ? await AnswerAsync(question, wait, stop)
                : null;
        }
        finally
        {
            _asked.TryRemove(number, out _);
            _room.Release();
        }
    }

    /// <summary>Null once nothing has come for too long.</summary>
    private async Task<(FoundFiles Files, Completeness Listings)?> AnswerAsync(FilesQuestion question, TimeSpan wait, CancellationToken stop)
    {
        while (true)
        {
            var parts = question.Parts;
            try
            {
                return await question.Answer.WaitAsync(wait, clock, stop);
            }
            catch (TimeoutException)
            {
                if (question.Parts == parts)
                    return null;
                wait = LeaderDeadline;
            }
        }
    }
}
