using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Seeds;

public sealed class SeedClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Roster _roster = new(new MemberTable(new Member { Id = new NodeId(2), Host = "0.0.0.0", Port = 5002, Incarnation = 1 }), TimeProvider.System);
    private Task _running = Task.CompletedTask;
    private readonly LogLines _lines = new();
    private Revocations? _revocations;

    private string IncarnationFile => _folder["incarnation"];

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_registers_and_hears_of_the_others()
    {
        await using var seed = new SeedUnderTest();
        seed.Registry.Register(new Member { Id = new NodeId(1), Host = "10.0.0.1", Port = 5001, Incarnation = 4 });

        var client = Start(seed.Address);

        await Eventually.HoldsAsync(() => _roster.IsAlive(new NodeId(1)), "the node hears of the other");
        Assert.Equal(new NodeAddress("10.0.0.1", 5001), _roster.AddressOf(new NodeId(1)));
        await Eventually.HoldsAsync(() => client.Seeds is [{ State: SeedState.Registered, Registered: not null }], "it counts itself as registered");
        Assert.Contains("Node 2 registered at 127.0.0.1:5002 (incarnation 1)", seed.Lines);
        await StopAsync();
    }

    [Fact]
    public async Task Who_was_found_dead_comes_back_with_an_incarnation_that_is_on_its_disk()
    {
        await using var seed = new SeedUnderTest();
        seed.Registry.Register(new Member { Id = new NodeId(2), Host = "10.0.0.1", Port = 5001, Incarnation = 5 });

        var client = Start(seed.Address);

        await Eventually.HoldsAsync(() => client.Seeds[0].State is SeedState.Registered, "it is registered after all");
        Assert.Equal(6, _roster.Find(new NodeId(2))?.Incarnation);
        Assert.Equal([6L], new DurableNumbers(IncarnationFile).Read() ?? []);
        Assert.Equal(6, seed.Registry.Members().Single().Incarnation);
        await StopAsync();
    }

    [Fact]
    public async Task Deaths_are_reported_and_a_stop_is_a_goodbye()
    {
        await using var seed = new SeedUnderTest();
        seed.Registry.Register(new Member { Id = new NodeId(1), Host = "10.0.0.1", Port = 5001, Incarnation = 4 });
        var client = Start(seed.Address);
        await Eventually.HoldsAsync(() => client.Seeds[0].State is SeedState.Registered, "it is registered");

        client.ReportDead(new NodeId(1), 4);

        await Eventually.HoldsAsync(() => seed.Says("Node 1 at 10.0.0.1:5001 is dead"), "the seed drops who was reported");
        await StopAsync();
        await Eventually.HoldsAsync(() => seed.Says("Node 2 has left"), "the seed hears the goodbye");
    }

    [Fact]
    public async Task Who_is_dead_and_listed_is_told_to_the_seed_though_another_node_found_it_so()
    {
        await using var seed = new SeedUnderTest();
        seed.Registry.Register(new Member { Id = new NodeId(1), Host = "10.0.0.1", Port = 5001, Incarnation = 4 });
        seed.Registry.Register(new Member { Id = new NodeId(3), Host = "10.0.0.3", Port = 5003, Incarnation = 4 });
        _roster.Hear([new Member { Id = new NodeId(1), Host = "10.0.0.1", Port = 5001, Incarnation = 4, State = MemberState.Dead }]);

        Start(seed.Address);

        await Eventually.HoldsAsync(() => seed.Says("Node 1 at 10.0.0.1:5001 is dead: it does not answer this seed either"), "the seed drops who is dead");
        Assert.DoesNotContain(seed.Lines, line => line.Contains("node 3", StringComparison.Ordinal));
        await StopAsync();
    }

    [Fact]
    public async Task A_seed_that_is_down_is_left_for_another_one()
    {
        await using var seed = new SeedUnderTest();
        NodeAddress address;
        await using (var gone = new SeedUnderTest())
            address = gone.Address;

        var client = Start(seed.Address, address, address);

        await Eventually.HoldsAsync(
            () => client.Seeds[0].State is SeedState.Registered && client.Seeds.Any(one => one.State is SeedState.Unreachable), "it is registered where it can be");
        await StopAsync();
    }

    [Fact]
    public async Task A_seed_that_is_tried_says_whether_it_takes_this_node()
    {
        await using var seed = new SeedUnderTest();
        using var strangers = NetworkAuthority.Create(local: false, TimeProvider.System);
        var client = Start();

        await client.ProbeAsync(seed.Address, _stop.Token);
        Assert.DoesNotContain(seed.Lines, line => line.Contains("registered", StringComparison.Ordinal));
        var other = Client(TestNetworkKeys.Issue(2, by: strangers));
        Assert.Contains((await Assert.ThrowsAsync<PeerException>(() => other.ProbeAsync(seed.Address, _stop.Token))).Fault, new[] { PeerFault.NotAdmitted, PeerFault.OtherNetwork });
        await StopAsync();
    }

    [Fact]
    public async Task A_seed_that_is_revoked_is_cut_off_hears_why_and_is_used_no_more()
    {
        await using var seed = new SeedUnderTest();
        var client = Start(seed.Address);
        await Eventually.HoldsAsync(() => client.Seeds[0].State is SeedState.Registered, "it is registered");
        var list = DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(100), TestNetworkKeys.Authority, TimeProvider.System);

        _revocations!.TryTake(list.Text);

        await Eventually.HoldsAsync(() => client.Seeds is [{ State: SeedState.Revoked, Registered: null }], "the link is cut");
        await Eventually.HoldsAsync(() => seed.Revocations.List.Number == list.Number, "the seed knows that it was revoked");
        Assert.Single(_lines.Lines, $"Not registered with seed \"{seed.Address}\": seed 100 was revoked; it is tried again");
        await StopAsync();
    }

    [Fact]
    public async Task A_node_that_knows_that_a_seed_was_revoked_tells_it_so_and_nothing_else()
    {
        await using var seed = new SeedUnderTest();
        var client = Client(TestNetworkKeys.Identity(2), seed.Address);
        var list = DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(100), TestNetworkKeys.Authority, TimeProvider.System);
        _revocations!.TryTake(list.Text);

        var refused = await Assert.ThrowsAsync<PeerException>(() => client.ProbeAsync(seed.Address, _stop.Token));
        _running = client.RunAsync(_stop.Token);

        Assert.Equal((PeerFault.Revoked, "seed 100 was revoked"), (refused.Fault, refused.Message));
        await Eventually.HoldsAsync(() => client.Seeds[0].State is SeedState.Revoked, "it is not registered");
        await Eventually.HoldsAsync(() => seed.Revocations.List.Number == list.Number, "the seed knows that it was revoked");
        Assert.Empty(seed.Registry.Members());
        await StopAsync();
    }

    [Fact]
    public async Task A_node_whose_ID_another_process_has_as_well_stays_registered_and_hears_of_it()
    {
        await using var seed = new SeedUnderTest();
        var client = Client(TestNetworkKeys.Identity(2), seed.Address);
        var told = new TaskCompletionSource<int>();
        client.DuplicateRefused += (_, other) => told.TrySetResult(other.Port);
        _running = client.RunAsync(_stop.Token);
        await Eventually.HoldsAsync(() => client.Seeds[0].State is SeedState.Registered, "it is registered");

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!told.Task.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await using var other = await seed.ConnectAsync(TestNetworkKeys.Identity(2));
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => SeedUnderTest.RegisterAsync(other, 2, incarnation: 9, instance: 5));
            Assert.Equal("Refuse: another process runs as node 2 at 127.0.0.1:5002: give one of them another ID", refused.Message);
        }

        Assert.Equal(5002, await told.Task);
        Assert.Equal(SeedState.Registered, client.Seeds[0].State);
        await StopAsync();
    }

    private SeedClient Start(params NodeAddress[] seeds)
    {
        var client = Client(TestNetworkKeys.Identity(2), seeds);
        _running = client.RunAsync(_stop.Token);
        return client;
    }

    private SeedClient Client(NodeIdentity identity, params NodeAddress[] seeds)
    {
        var connector = new SecureConnector(new MutualTls(() => identity, TimeProvider.System, MutualTls.SeedProtocol, NameRole.Seed), TimeProvider.System);
        _revocations = new Revocations(identity, new IdentityFolder(_folder["state"]), new NetworkFolder(_folder["keys"]), Logger.None);
        var row = new OwnRow(_roster, new Incarnations(new DurableNumbers(IncarnationFile)));
        var self = new LocalNode(_roster.Self, 4711, 1, new NodeAddress("0.0.0.0", 5002), "machine2", TestNetworkKeys.Network);
        return new SeedClient(seeds, SeedBook.UsualRenewal, connector, self, _roster.Hear, _roster.Find, row.Read, _revocations, TimeProvider.System, new Random(1), _lines.Logger);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
