using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Answers what people ask of the catalogue: at the leader from its file log, elsewhere by asking the leader. Thread-safe.
/// </summary>
internal sealed class FilesQueries(NetworkCatalogue catalogue, Roster roster, LinkTable links, ElectionDriver election, TimeProvider clock) : IDisposable
{
    /// <summary>How long a question waits for a leader to be there.</summary>
    private static readonly TimeSpan LeaderDeadline = TimeSpan.FromSeconds(5);

    /// <summary>A frame of so many bytes of rows stays far below its limit.</summary>
    private const int BytesOfOneFrame = 40 * 1024;

    private readonly TaskGroup _tasks = new();
    private readonly ConcurrentDictionary<long, Channel<Wire.FilesAnswer>> _asked = new();
    private long _number;

    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    public async ValueTask<FilesReport> FilesAsync(string? pattern, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < LeaderDeadline)
        {
            var now = election.Now;
            if (now.Leads)
                return Report(catalogue.Find(Parse(pattern)));
            if (now.Leader is { } leader && links.Find(leader) is { } link && await AskAsync(link, pattern, stop) is { } report)
                return report;

            // Whatever comes first: another leadership, or a link to the leader that is there.
            var patience = Task.Delay(TimeSpan.FromMilliseconds(100), clock, stop);
            await Task.WhenAny(election.ChangeAsync(now, stop), patience);
            stop.ThrowIfCancellationRequested();
        }

        throw new NoLeaderException($"No leader answered within {LeaderDeadline.TotalSeconds:0} seconds; try again.");
    }

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Another node asks this one as its leader; the answer is sent beside what else the link carries.</summary>
    public void Answer(Link link, Wire.FilesQuery query)
    {
        var pattern = Parse(query.Pattern);
        _ = _tasks.Start(async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, link.Closing);
            try
            {
                await AnswerAsync(link, query.Query, pattern, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return; // Whoever asked is gone.
            }
        });
    }

    public void Dispose() => _tasks.Dispose();

    private async Task AnswerAsync(Link link, long query, PathPattern? pattern, CancellationToken stop)
    {
        var listings = catalogue.ListingsComplete(roster.Alive());
        var answer = New();
        if (!election.Now.Leads)
        {
            answer.NotLeader = true;
            await link.SendAsync(FrameType.FilesAnswer, answer, stop);
            return;
        }

        var bytes = 0;
        foreach (var row in catalogue.Find(pattern))
        {
            var wire = ToWire(row);
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
            Query = query,
            ListingsComplete = listings.Complete,
            ListingsExpected = listings.Expected,
        };
    }

    /// <summary>A part of an answer has come; one that nobody waits for any more is dropped.</summary>
    public void Take(Wire.FilesAnswer answer)
    {
        if (_asked.TryGetValue(answer.Query, out var parts))
            parts.Writer.TryWrite(answer);
    }

    /// <summary>Rows as people and programs see them: holders that live, with their addresses.</summary>
    public FileReport ToReport(FileRow row) =>
        ToReport(row.Owner, row.Entry.Path.Value, row.Entry.Size, row.Entry.MtimeTicks, row.Entry.Root, Living(row.Holders));

    private async Task<FilesReport?> AskAsync(Link link, string? pattern, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref _number);
        var parts = Channel.CreateUnbounded<Wire.FilesAnswer>();
        _asked[number] = parts;
        await using var closing = link.Closing.Register(() => parts.Writer.TryComplete());
        try
        {
            if (!link.TrySend(FrameType.FilesQuery, new Wire.FilesQuery { Query = number, Pattern = pattern ?? "" }))
                return null;
            var files = new List<FileReport>();
            await foreach (var part in parts.Reader.ReadAllAsync(stop))
            {
                if (part.NotLeader)
                    return null;
                files.AddRange(part.Rows.Select(FromWire));
                if (!part.More)
                    return new FilesReport(files, new ListingsReport(part.ListingsComplete, part.ListingsExpected));
            }

            return null;
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }

    private FilesReport Report(ImmutableArray<FileRow> rows)
    {
        var listings = catalogue.ListingsComplete(roster.Alive());
        return new FilesReport([.. rows.Select(ToReport)], new ListingsReport(listings.Complete, listings.Expected));
    }

    private Wire.Row ToWire(FileRow row)
    {
        var wire = new Wire.Row
        {
            Owner = row.Owner.Value,
            Path = row.Entry.Path.Value,
            Size = row.Entry.Size,
            MtimeTicks = row.Entry.MtimeTicks,
            Root = CatalogueMapping.Bytes(row.Entry.Root),
        };
        wire.Holders.AddRange(Living(row.Holders).Select(holder => holder.Value));
        return wire;
    }

    private FileReport FromWire(Wire.Row row)
    {
        if (row.Size < 0 || row.MtimeTicks < 0 || row.MtimeTicks > DateTime.MaxValue.Ticks)
            throw PeerException.Violation("it answers with a row that cannot be");
        return ToReport(
            CatalogueMapping.Node(row.Owner),
            CatalogueMapping.Path(row.Path).Value,
            row.Size,
            row.MtimeTicks,
            CatalogueMapping.Root(row.Root),
            row.Holders.Select(CatalogueMapping.Node));
    }

    private FileReport ToReport(NodeId owner, string path, long size, long mtimeTicks, ContentRoot root, IEnumerable<NodeId> holders) => new()
    {
        Peer = owner,
        Path = path,
        Name = path[(path.LastIndexOf('/') + 1)..],
        Size = size,
        Root = root,
        Mtime = new DateTime(mtimeTicks, DateTimeKind.Utc),
        Holders =
        [
            .. holders.Select(id => roster.AddressOf(id) is { } address ? new HolderReport(id, address) : null).OfType<HolderReport>(),
        ],
    };

    /// <summary>A node that is away has its files, but they cannot be had there.</summary>
    private IEnumerable<NodeId> Living(IEnumerable<NodeId> holders) => holders.Where(roster.IsAlive);

    private static PathPattern? Parse(string? pattern) =>
        string.IsNullOrEmpty(pattern) ? null
        : PathPattern.TryParse(pattern, out var parsed, out var reason) ? parsed
        : throw PeerException.Violation($"it asks for a pattern that cannot be: {reason}");
}
