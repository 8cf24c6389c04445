using System.Collections.Concurrent;
using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

/// <summary>The election of node 3 and its word from the leader, with a link to node 1, without the rest of a node.</summary>
internal sealed class FollowerUnderTest : IAsyncDisposable
{
    private static readonly NodeId Self = new(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackNode _transport = new(3);
    private readonly LoopbackNode _leader = new(1);
    private readonly CatalogueSync _sync;
    private readonly Task _running;

    public FollowerUnderTest()
    {
        var clock = TimeProvider.System;
        var log = new LoggerConfiguration().WriteTo.Sink(new Lines(Log)).CreateLogger();
        Roster = new(new MemberTable(new Member { Id = Self, Host = "127.0.0.1", Port = 3 }), clock);
        var machine = new ElectionMachine(Self, ElectionPast.None, new ElectionOptions(), TimeSpan.Zero);
        var memory = ElectionMemory.Open(new DurableNumbers(_folder["epoch"]), clock, Logger.None);
        var catalogue = new NetworkCatalogue();
        Driver = new(machine, memory, _transport.Table, _transport.Dialler, clock, clock.GetTimestamp(), new Random(1), log);
        _sync = new(Self, copies: 1, new CustodyLease(clock), Roster, _transport.Table, catalogue, Driver, Logger.None);
        Feed = new(Roster, _transport.Table, catalogue, _sync, Driver, clock);
        _running = Driver.RunAsync(_stop.Token);
    }

    public Roster Roster { get; }

    public RosterFeed Feed { get; }

    public ElectionDriver Driver { get; }

    /// <summary>What was logged of the election.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public LinkTable Links => _transport.Table;

    /// <summary>Whether the leader got a frame of this type.</summary>
    public bool LeaderGot(FrameType type) => LeaderGotCount(type) > 0;

    /// <summary>How many frames of this type the leader got.</summary>
    public int LeaderGotCount(FrameType type) => _leader.Frames.Count(frame => frame.Type == type);

    public Link Link => _transport.Table.Find(_leader.Id)!;

    public async Task LinkAsync()
    {
        await Driver.PostAsync(new MembersKnown([_leader.Id]), TestContext.Current.CancellationToken);
        _transport.Want(_leader);
        await Eventually.HoldsAsync(() => _transport.Table.Find(_leader.Id) is not null, "the two are linked");
    }

    /// <summary>Has node 1 accepted as the leader.</summary>
    public async Task FollowAsync(long epoch = 1)
    {
        var claim = new Received(_leader.Id, new Claim { Epoch = new Epoch(epoch) });
        await Driver.PostAsync(Link, claim, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => Driver.Now is { Leads: false, Leader.Value: 1 } now && now.Epoch.Value == epoch, "node 1 is followed");
    }

    public Task HearAsync(Wire.Roster word) => Feed.TakeAsync(Link, word, TestContext.Current.CancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Feed.Dispose();
        _sync.Dispose();
        await _transport.DisposeAsync();
        await _leader.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Enqueue(logEvent.RenderMessage(null));
    }
}
