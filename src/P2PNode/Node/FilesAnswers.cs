using System.Runtime.CompilerServices;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Answers, at the leader, what other nodes ask of the catalogue: each question in a task of its own, in frames that are
/// sent as fast as the link takes them. Thread-safe.
/// </summary>
internal sealed class FilesAnswers(NetworkCatalogue catalogue, FileRows rows, Roster roster, ElectionDriver election, TimeProvider clock) : IDisposable
{
    /// <summary>To look through the catalogue takes a core for some time: two at once leave the others to the rest.</summary>
    private const int MostSearches = 2;

    /// <summary>A frame of so many bytes of rows stays far below its limit.</summary>
    private const int BytesOfOneFrame = 40 * 1024;

    /// <summary>How often whoever asked hears that its answer is under way.</summary>
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(1);

    private readonly TaskGroup _tasks = new();
    private readonly SemaphoreSlim _searches = new(MostSearches);
    private readonly ConditionalWeakTable<Link, PeerQuestions> _questions = [];

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Another node asks this one as its leader; the answer is sent beside what else the link carries.</summary>
    /// <exception cref="PeerException">No correct peer asks this.</exception>
    public void Answer(Link link, Wire.FilesQuery asked)
    {
        var query = FilesMapping.FromWire(asked);
        var questions = _questions.GetValue(link, _ => new PeerQuestions(clock));
        questions.Begin();
        _ = _tasks.Start(stop => AnswerAsync(link, questions, asked, query, stop));
    }

    /// <summary>Answers a question of this node itself.</summary>
    public async ValueTask<(FoundFiles Files, Completeness Listings)> FindAsync(FileQuery query, CancellationToken stop)
    {
        var answer = await SearchAsync(query, stop);
        var files = await Task.Run(() => new FoundFiles([.. answer.Rows], answer.Found), stop);
        return (files, answer.Listings);
    }

    public void Dispose()
    {
        _tasks.Dispose();
        _searches.Dispose();
    }

    /// <summary>What answers a question; the rows are looked up as they are taken.</summary>
    private sealed record FoundRows(IEnumerable<FileRow> Rows, int Found, Completeness Listings);

    private async Task<FoundRows> SearchAsync(FileQuery query, CancellationToken stop)
    {
        await _searches.WaitAsync(stop);
        try
        {
            var listings = catalogue.ListingsComplete(roster.Alive());
            var (found, count) = await Task.Run(() => catalogue.Find(query), stop);
            return new FoundRows(found.Select(rows.WithLivingHolders), count, listings);
        }
        finally
        {
            _searches.Release();
        }
    }

    private async Task AnswerAsync(Link link, PeerQuestions questions, Wire.FilesQuery asked, FileQuery query, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, link.Closing);
        try
        {
            using var turn = await SignAsync(link, asked, questions.TurnAsync(either.Token).AsTask(), either.Token);
            if (election.Now.Leads)
                await SendAsync(link, asked.Query, await SignAsync(link, asked, SearchAsync(query, either.Token), either.Token), either.Token);
            else
                await link.SendAsync(FrameType.FilesAnswer, new Wire.FilesAnswer { Query = asked.Query, NotLeader = true }, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return; // Whoever asked is gone.
        }
        finally
        {
            questions.End();
        }
    }

    /// <summary>Awaits what an answer needs, and lets whoever asked know meanwhile that it comes, if it takes such a word.</summary>
    private async Task<T> SignAsync<T>(Link link, Wire.FilesQuery asked, Task<T> work, CancellationToken stop)
    {
        while (asked.Patient && !work.IsCompleted && !stop.IsCancellationRequested)
        {
            await ((Task)work).WaitAsync(BetweenSigns, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!work.IsCompleted)
                link.TrySend(FrameType.FilesAnswer, new Wire.FilesAnswer { Query = asked.Query, More = true });
        }

        return await work;
    }

    private static async Task SendAsync(Link link, long number, FoundRows files, CancellationToken stop)
    {
        var answer = New();
        var bytes = 0;
        foreach (var row in files.Rows)
        {
            var wire = FilesMapping.ToWire(row);
            bytes += wire.CalculateSize();
            if (bytes > BytesOfOneFrame)
            {
                answer.More = true;
                await link.SendAsync(FrameType.FilesAnswer, answer, stop);
                (answer, bytes) = (New(), wire.CalculateSize());
            }

            answer.Rows.Add(wire);
        }

        await link.SendAsync(FrameType.FilesAnswer, answer, stop);

        Wire.FilesAnswer New() => new()
        {
            Query = number,
            ListingsComplete = files.Listings.Complete,
            ListingsExpected = files.Listings.Expected,
            Found = files.Found,
        };
    }
}
