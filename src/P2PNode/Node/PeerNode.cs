using Serilog;

namespace P2PNode.Node;

/// <summary>One node. So far it is alone in its network and leads it.</summary>
public sealed class PeerNode(NodeOptions options, TimeProvider clock, ILogger log) : INodeQueries
{
    /// <summary>Runs until <paramref name="stop"/> fires, and ends by throwing then.</summary>
    /// <exception cref="NodeStartException">The node cannot start.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        log.Information(
            "Node {NodeId} listens at {Address}, folder {Folder}", options.Id.Value, options.Listen, options.Folder);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    public StatusReport Status() => new()
    {
        Id = options.Id,
        Role = NodeRole.Leader,
        Leader = options.Id,
        Epoch = 1,
        Links = [],
        Members = [],
        Catalogue = new CatalogueReport(0, 0),
        Pending = new PendingReport(0, 0),
        Listings = new ListingsReport(1, 1),
    };

    public IReadOnlyList<MemberReport> Members() =>
        [new MemberReport { Id = options.Id, Address = options.Listen, State = MemberState.Alive }];

    public ValueTask<FilesReport> FilesAsync(string? pattern, CancellationToken ct) =>
        ValueTask.FromResult(new FilesReport([], new ListingsReport(1, 1)));
}
