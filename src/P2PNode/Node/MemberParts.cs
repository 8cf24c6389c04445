using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>A running node's peers: who there is, the links to them, and who leads.</summary>
internal sealed class MemberParts : IDisposable
{
    /// <summary>How long the others may take to hear the goodbye; a stop as a whole has two seconds.</summary>
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(500);

    /// <summary>How many of the lowest members a node of a network that forms itself looks for (docs/election.md).</summary>
    private const int BreadthOfOpenNetwork = 5;

    private readonly TimeProvider _clock;
    private readonly IdentityKeeper _identity;
    private readonly Dialler _dialler;
    private readonly Signal _changed = new();
    private readonly MemberMemory? _memory;

    /// <param name="options">Whom it knows from the start, and how it finds others.</param>
    /// <param name="self">This node.</param>
    /// <param name="identity">Proves who it is.</param>
    /// <param name="folder">Where it remembers.</param>
    /// <param name="memory">What it has seen of elections.</param>
    /// <param name="onFrame">Takes what comes over a link.</param>
    /// <param name="onBulk">Serves a bulk link.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="log">Hears of what people should know.</param>
    public MemberParts(NodeOptions options, LocalNode self, IdentityKeeper identity, NodeFolder folder, ElectionMemory memory, Func<Link, Frame, ValueTask> onFrame, Func<Connection, PeerIdentity, CancellationToken, Task> onBulk, TimeProvider clock, ILogger log)
    {
        (_identity, _clock, IsOpen) = (identity, clock, options.FindsOthers);
        var election = options.Intervals.Election with { Breadth = IsOpen ? BreadthOfOpenNetwork : int.MaxValue };
        var random = new Random();
        var started = clock.GetTimestamp();
        var table = NewTable(options, self);
        Roster = new Roster(table, clock, IsOpen);
        Links = new LinkTable(self.Id, options.MaxPeers, clock);
        Whereabouts = new Whereabouts(Roster, Links, clock);
        var connector = new SecureConnector(new MutualTls(() => identity.Current, clock), clock);
        Greeter = new Greeter(self, election.Misses, Links, connector, identity.Revocations, onFrame, onBulk, clock, log);
        var joining = new JoinServer(() => identity.Current, identity.Network, identity.Revocations, clock, log);
        Listener = new Listener(connector, joining, Greeter.AcceptAsync, clock, log);
        Revocations = new RevocationFeed(identity, Links, clock, log);
        _dialler = new Dialler(Greeter, Links, Roster.AddressOf, clock, random, log);
        var machine = new ElectionMachine(self.Id, memory.Past(), election, clock.GetElapsedTime(started));
        Election = new ElectionDriver(machine, memory, Links, _dialler, clock, started, random, log);
        var incarnations = PeerNode.Incarnations(folder);
        var overlay = new OverlayMachine(table, options.Intervals.Overlay with { IsLarge = IsOpen }, clock.GetElapsedTime(started));
        Overlay = new OverlayDriver(overlay, Roster, Links, _dialler, incarnations, clock, started, random, log);
        Discovery = options.Discover ? new Discovery(self, options.Intervals.Announce, () => Listener.Endpoint.Address, Roster, Links, _dialler, clock, random, log) : null;
        var toSeeds = new SecureConnector(new MutualTls(() => identity.Current, clock, MutualTls.SeedProtocol, NameRole.Seed), clock);
        var row = new OwnRow(Roster, incarnations);
        Seeds = new SeedClient(options.Seeds, options.Intervals.Renew, toSeeds, self, Overlay.Learn, Roster.Find, row.Read, identity.Revocations, clock, new Random(), log);
        _memory = IsOpen ? MemberMemory.Open(folder, Roster, clock, log) : null;
        Greeter.Leader = () => Election.Now.Leader;
        Greeter.FeaturesFor = peer => Discovery?.FeaturesFor(peer) ?? PeerFeatures.None;
        Roster.Changed += _changed.Set;
        Overlay.DeathWitnessed += Seeds.ReportDead;
    }

    /// <summary>Whether the network forms itself, by seeds or discovery; otherwise its nodes are configured.</summary>
    public bool IsOpen { get; }

    public Roster Roster { get; }

    public LinkTable Links { get; }

    public Whereabouts Whereabouts { get; }

    public Greeter Greeter { get; }

    public Listener Listener { get; }

    public RevocationFeed Revocations { get; }

    public ElectionDriver Election { get; }

    public OverlayDriver Overlay { get; }

    public Discovery? Discovery { get; }

    public SeedClient Seeds { get; }

    /// <summary>What carries the links, and outlives the rest by the time of a goodbye.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Transport => [Listener.RunAsync, _dialler.RunAsync];

    /// <summary>What runs as long as the node.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Runs()
    {
        yield return stop => _identity.RunAsync(Addresses, stop);
        yield return Revocations.RunAsync;
        yield return Election.RunAsync;
        yield return Overlay.RunAsync;
        yield return TellMembersAsync;
        yield return Seeds.RunAsync;
        if (_memory is not null)
            yield return _memory.RunAsync;
        if (Discovery is not null)
            yield return Discovery.RunAsync;
    }

    /// <inheritdoc cref="INodeQueries.ConnectAsync"/>
    public async Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct)
    {
        var peer = await _dialler.LinkAsync(address, ct);
        return new ConnectReport(peer.Id, peer.Address);
    }

    /// <summary>Closes all links once their peers have heard of it, or after half a second.</summary>
    /// <param name="farewell">What to tell each of them.</param>
    public async Task SayGoodbyeAsync(Func<Link, (Wire.GoodbyeReason Reason, string Text)> farewell)
    {
        // Nobody who hears the goodbye and dials again at once may be let in: it would count as back, then as lost.
        Listener.Close();
        Links.Close();
        _dialler.Stop();
        var links = Links.All();
        foreach (var link in links)
        {
            var (reason, text) = farewell(link);
            link.Close(reason, text);
        }

        await Task.WhenAll(links.Select<Link, Task>(link => link.Ended)).WaitAsync(GoodbyeTime, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        Listener.Dispose();
        Discovery?.Dispose();
        _dialler.Dispose();
        Revocations.Dispose();
    }

    private static MemberTable NewTable(NodeOptions options, LocalNode self)
    {
        var table = new MemberTable(new Member
        {
            Id = self.Id,
            Host = self.Listen.Host,
            Port = self.Listen.Port,
            Incarnation = self.Incarnation,
            Name = self.Name,
        });
        foreach (var node in options.Nodes)
            table.Configure(node.Id, node.Address.Host, node.Address.Port);
        return table;
    }

    private IEnumerable<NodeAddress> Addresses() => Roster.Alive().Where(id => id != Roster.Self).Select(Roster.AddressOf).OfType<NodeAddress>();

    /// <summary>The election knows all members from the start, and hears of new ones.</summary>
    private async Task TellMembersAsync(CancellationToken stop)
    {
        for (ImmutableSortedSet<NodeId>? known = null; ; await _changed.WaitAsync(stop))
        {
            ImmutableSortedSet<NodeId> members = [.. Roster.All().Where(IsSought).Select(member => member.Id)];
            if (known?.SetEquals(members) != true)
                await Election.PostAsync(new MembersKnown(known = members), stop);
        }
    }

    /// <summary>
    /// In a small network nobody is given up, so that it is whole again as soon as a cut heals. In one that may be large
    /// those who died are looked for by the overlay, now and then.
    /// </summary>
    private bool IsSought(Member member) =>
        member.Id != Roster.Self && (!IsOpen || member.Incarnation == 0 || member.State is MemberState.Alive or MemberState.Suspect);
}
