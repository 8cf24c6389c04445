using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>
/// The large files that are on their way to this node, and from it to others, for whoever wants to see them. Smaller ones
/// are there before one could. Thread-safe.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="outgoing">What it gives to others.</param>
/// <param name="clock">Measures the rates.</param>
internal sealed class TransferBoard(NodeId self, Func<IReadOnlyList<OutgoingFile>> outgoing, TimeProvider clock)
{
    /// <summary>The rate is taken anew so often; each time the latest counts as much as all before.</summary>
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<object, (NodeId Owner, Func<IReadOnlyList<LargeTransfer>> Transfers)> _sources = [];
    private readonly Dictionary<(string File, NodeId To), Rate> _rates = [];

    /// <summary>Keeps the rates up to date, so that whoever looks once sees them.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(Sample, clock, stop);
            Show();
        }
    }

    /// <summary>Shows what comes of an owner's files until what is returned is disposed.</summary>
    public IDisposable Add(NodeId owner, Func<IReadOnlyList<LargeTransfer>> transfers)
    {
        var source = new Source(this);
        lock (_gate)
            _sources.Add(source, (owner, transfers));
        return source;
    }

    public ImmutableArray<TransferReport> Show()
    {
        List<TransferReport> transfers = [.. Incoming(), .. Outgoing()];
        lock (_gate)
        {
            foreach (var gone in _rates.Keys.Except(transfers.Select(KeyOf)).ToList())
                _rates.Remove(gone);
            return [.. transfers.Select(transfer => transfer with { Rate = RateOf(transfer) })];
        }
    }

    /// <summary>Whether somebody gives a file now to another download than the one whose <see cref="Add"/> returned this.</summary>
    public bool IsOnItsWayElsewhere(NodeId owner, FilePath path, IDisposable own) =>
        Incoming(except: own).Exists(transfer => transfer.File == NameOf(owner, path) && !transfer.From.IsEmpty);

    /// <summary>What a file is called here.</summary>
    public static string NameOf(NodeId owner, FilePath path) => $"NODE{owner}/{path}";

    /// <summary>Asked outside the gate, as downloads have their own.</summary>
    private List<TransferReport> Incoming(IDisposable? except = null)
    {
        (NodeId Owner, Func<IReadOnlyList<LargeTransfer>> Transfers)[] sources;
        lock (_gate)
            sources = [.. _sources.Where(source => source.Key != except).Select(source => source.Value)];
        return
        [
            .. from source in sources
               from transfer in source.Transfers()
               select new TransferReport(NameOf(source.Owner, transfer.Entry.Path), transfer.From, self, transfer.Done, transfer.Entry.Size, Rate: 0),
        ];
    }

    private IEnumerable<TransferReport> Outgoing() =>
        outgoing().Select(file => new TransferReport(NameOf(file.Owner, file.Path), [self], file.To, file.Done, file.Size, Rate: 0));

    private static (string File, NodeId To) KeyOf(TransferReport transfer) => (transfer.File, transfer.To);

    private long RateOf(TransferReport transfer)
    {
        var now = clock.GetTimestamp();
        if (!_rates.TryGetValue(KeyOf(transfer), out var rate))
            _rates[KeyOf(transfer)] = rate = new Rate(now, transfer.Done, 0);
        var time = clock.GetElapsedTime(rate.At, now);
        if (time < Sample)
            return (long)rate.Value;
        var latest = Math.Max(0, transfer.Done - rate.Done) / time.TotalSeconds;
        var value = rate.Value == 0 ? latest : (rate.Value + latest) / 2;
        _rates[KeyOf(transfer)] = new Rate(now, transfer.Done, value);
        return (long)value;
    }

    private sealed record Rate(long At, long Done, double Value);

    private sealed class Source(TransferBoard board) : IDisposable
    {
        public void Dispose()
        {
            lock (board._gate)
                board._sources.Remove(this);
        }
    }
}
