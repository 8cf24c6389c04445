using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>All parts of a running node, put together; and the order in which they stop.</summary>
internal sealed class NodeParts : IDisposable
{
    private readonly NodeId _self;
    private readonly ILogger _log;
    private readonly FileParts _files;
    private readonly MemberParts _members;
    private readonly CatalogueParts _catalogue;
    private readonly LinkWatch _watch;
    private readonly FrameRouter _router;
    private readonly WrongNetworkRule _network;

    public NodeParts(NodeOptions options, LocalNode self, IdentityKeeper identity, NodeFolder folder, ElectionMemory memory, TimeProvider clock, ILogger log)
    {
        (_self, _log) = (self.Id, log);
        _files = new FileParts(options, folder, clock, log);
        _members = new MemberParts(
            options,
            self,
            identity,
            folder,
            memory,
            (link, frame) => _router!.TakeAsync(link, frame),
            (connection, peer, stop) => _files.ServeAsync(connection, peer.Id, stop),
            clock,
            log);
        _catalogue = new CatalogueParts(options, _members, _files, folder, clock, log);
        var name = identity.Current.Name;
        _network = new WrongNetworkRule(options, name, new Acquaintance(Path.Combine(folder.State, "met"), name.Network, log), clock);
        var admission = new AdmissionRule(options, _network, clock);
        _members.Seeds.Tried += admission.Tried;
        _watch = new LinkWatch(_members, _catalogue, admission, 10 * options.Intervals.Election.Heartbeat, log);
        var duplicates = new DuplicateWatch(log);
        _router = new FrameRouter(_members, _catalogue, duplicates);
        _members.Seeds.RefusedAsDuplicate += admission.RefusedBySeed;
        _members.Seeds.DuplicateRefused += (seed, other) => duplicates.Take($"the seed at {seed}", other);
        Views = new NodeViews(options, _members, _catalogue, _files.Own);
        Diagnosis = new Diagnosis(options, _members.Roster, _members.Links, _members.Discovery, _members.Greeter, _members.Seeds.ProbeAsync, clock);
    }

    public Listener Listener => _members.Listener;

    public OverlayDriver Overlay => _members.Overlay;

    public FilesQueries Queries => _catalogue.Queries;

    public Fetches Fetches => _catalogue.Fetches;

    public Leaving Leaving => _catalogue.Leaving;

    public NodeViews Views { get; }

    public Diagnosis Diagnosis { get; }

    /// <summary>Runs until stopped, or returns when the node has left: first what decides and works ends, then the links are closed with a goodbye.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var life = new CancellationTokenSource();
        var transport = TaskGroup.RunAsync(_members.Transport, life.Token);
        try
        {
            await TaskGroup.RunAsync(
                [.. _members.Runs(), _watch.RunAsync, _network.RunAsync, .. _catalogue.Runs, .. _files.Runs(_catalogue.Catalogue), cut => transport.WaitAsync(cut)],
                stop);
        }
        finally
        {
            _log.NodeStops(_self);
            await _members.SayGoodbyeAsync(_catalogue.Leaving.FarewellTo);
            await life.CancelAsync();
            await transport.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _log.NodeStopped(_self);
        }
    }

    /// <inheritdoc cref="INodeQueries.ConnectAsync"/>
    public Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct) => _members.ConnectAsync(address, ct);

    /// <inheritdoc cref="INodeQueries.Rescan"/>
    public void Rescan(bool acceptLoss) => _files.Rescan(acceptLoss);

    public void Dispose()
    {
        _members.Dispose();
        _catalogue.Dispose();
        _files.Dispose();
    }
}
