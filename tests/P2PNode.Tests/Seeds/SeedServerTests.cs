using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Seeds;

public sealed class SeedServerTests
{
    [Fact]
    public async Task Who_registers_gets_the_list_of_all_others_with_the_addresses_that_they_are_seen_at()
    {
        await using var seed = new SeedUnderTest();
        var (one, none) = await seed.RegisterAsync(1);
        var (two, list) = await seed.RegisterAsync(2);
        await using var _ = one;
        await using var __ = two;

        Assert.Empty(none.Members);
        Assert.Equal((1, "127.0.0.1", 5001, 1L), list.Members.Select(member => (member.Id, member.Host, member.Port, member.Incarnation)).Single());
        Assert.Contains("Node 1 registered at 127.0.0.1:5001 (incarnation 1)", seed.Lines);
        Assert.Empty((await SeedUnderTest.RegisterAsync(two, 2, wantsList: false)).Members);
        Assert.Equal(2, seed.Lines.Count(line => line.Contains("registered", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_registers_another()
    {
        await using var seed = new SeedUnderTest();
        await using var connection = await seed.ConnectAsync(TestNetworkKeys.Identity(1));

        var refuse = await RefusedAsync(connection, SeedUnderTest.Greeting(2));

        Assert.Equal((RefuseReason.NotProven, "the certificate is that of node 1, but node 2 is to be registered"), (refuse.Reason, refuse.Text));
        Assert.Empty(seed.Registry.Members());
    }

    [Fact]
    public async Task A_seed_does_not_register_with_a_seed_nor_a_node_with_a_node()
    {
        await using var seed = new SeedUnderTest();
        await using (var asSeed = await seed.ConnectAsync(SeedUnderTest.Issue(7)))
            await Assert.ThrowsAnyAsync<Exception>(() => SeedUnderTest.RegisterAsync(asSeed, 7));
        await Eventually.HoldsAsync(() => seed.Says("it is a seed, and here nodes link"), "the seed says why");

        // What a node shows makes no seed of it: who registers would be told of members by anybody.
        await using var node = new Transport.LoopbackNode(1);
        Assert.Equal("a node listens there, not a seed", await RefusalAsync(node.Address, MutualTls.LinkProtocol, NameRole.Seed));
        Assert.Empty(seed.Registry.Members());
    }

    [Fact]
    public async Task Who_takes_a_node_for_a_seed_or_a_seed_for_a_node_is_told()
    {
        await using var seed = new SeedUnderTest();
        await using var node = new Transport.LoopbackNode(1);

        Assert.Equal("a node listens there, not a seed", await RefusalAsync(node.Address, MutualTls.SeedProtocol, NameRole.Seed));
        Assert.Equal("a seed listens there, not a node", await RefusalAsync(seed.Address, MutualTls.LinkProtocol, NameRole.Node));
    }

    private static async Task<string> RefusalAsync(NodeAddress address, System.Net.Security.SslApplicationProtocol protocol, NameRole due)
    {
        var connector = new SecureConnector(new MutualTls(() => TestNetworkKeys.Identity(2), TimeProvider.System, protocol, due), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<PeerException>(async () => await connector.DialAsync(await Tcp.ConnectAsync(address, TimeProvider.System, CancellationToken.None), CancellationToken.None));
        Assert.Equal(PeerFault.Violation, refused.Fault);
        return refused.Message;
    }

    [Fact]
    public async Task Who_is_of_another_network_or_revoked_is_not_registered()
    {
        await using var seed = new SeedUnderTest();
        using var other = NetworkAuthority.Create(local: false, TimeProvider.System);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var stranger = await seed.ConnectAsync(TestNetworkKeys.Issue(1, by: other));
            await SeedUnderTest.RegisterAsync(stranger, 1);
        });

        var three = TestNetworkKeys.Issue(3);
        seed.Revocations.TryTake(DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(3), TestNetworkKeys.Authority, TimeProvider.System).Text);
        await using var revoked = await seed.ConnectAsync(three);
        var refuse = await RefusedAsync(revoked, SeedUnderTest.Greeting(3));
        Assert.Equal((RefuseReason.Revoked, seed.Revocations.List.Text), (refuse.Reason, refuse.DenyList));
        Assert.Empty(seed.Registry.Members());
    }

    [Fact]
    public async Task Who_is_revoked_while_it_is_registered_is_dropped()
    {
        await using var seed = new SeedUnderTest();
        var (connection, _) = await seed.RegisterAsync(4);
        await using var held = connection;

        seed.Revocations.TryTake(DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(4), TestNetworkKeys.Authority, TimeProvider.System).Text);

        await EndsAsync(connection);
        await Eventually.HoldsAsync(() => seed.Registry.Members().Length == 0 && seed.Lines.Contains("Node 4 was revoked, and is dropped"), "it is dropped");
    }

    [Fact]
    public async Task Who_is_revoked_while_it_registers_is_dropped()
    {
        await using var seed = new SeedUnderTest();
        seed.Registered = () => seed.Revocations.TryTake(DenyList.Empty(TestNetworkKeys.Network).Revoke(new NodeId(4), TestNetworkKeys.Authority, TimeProvider.System).Text);
        await using var connection = await seed.ConnectAsync(TestNetworkKeys.Identity(4));
        await connection.WriteAsync(FrameType.SeedRegister, SeedUnderTest.Greeting(4), WireLimits.ControlBytes);

        await EndsAsync(connection);
        await Eventually.HoldsAsync(() => seed.Registry.Members().Length == 0 && seed.Lines.Contains("Node 4 was revoked, and is dropped"), "it is dropped");
    }

    [Fact]
    public async Task One_report_and_a_failed_probe_drop_a_member_and_it_comes_back_in_a_new_life()
    {
        await using var seed = new SeedUnderTest();
        var (one, _) = await seed.RegisterAsync(1);
        var (two, _) = await seed.RegisterAsync(2);
        await using var _1 = one;
        await using var _2 = two;

        await ReportAsync(one, 2);

        await Eventually.HoldsAsync(() => seed.Says("Node 2 at 127.0.0.1:5002 is dead: it does not answer this seed either"), "the death is said");
        Assert.Contains("Node 1 reports node 2 dead (incarnation 1); it is probed", seed.Lines);
        Assert.Equal([new NodeId(1)], seed.Registry.Members().Select(member => member.Id));

        Assert.Equal(1, (await SeedUnderTest.RegisterAsync(two, 2)).DeadIncarnation);
        Assert.Equal(0, (await SeedUnderTest.RegisterAsync(two, 2, incarnation: 2)).DeadIncarnation);
        Assert.Equal(2, seed.Registry.Members().Length);
    }

    [Fact]
    public async Task Who_answers_a_probe_is_condemned_by_two_others_only()
    {
        await using var seed = new SeedUnderTest();
        seed.Alive[new NodeId(9)] = true;
        var (one, _) = await seed.RegisterAsync(1);
        var (nine, _) = await seed.RegisterAsync(9);
        await using var _1 = one;
        await using var _9 = nine;

        await ReportAsync(one, 9);

        await Eventually.HoldsAsync(() => seed.Says("Node 9 at 127.0.0.1:5009 answers, and stays registered"), "the probe is answered");
        Assert.Equal(2, seed.Registry.Members().Length);
    }

    [Fact]
    public async Task A_goodbye_drops_a_member_and_a_lost_connection_does_not()
    {
        await using var seed = new SeedUnderTest();
        var (one, _) = await seed.RegisterAsync(1);
        var (two, _) = await seed.RegisterAsync(2);
        await one.DisposeAsync();
        await two.WriteAsync(FrameType.Goodbye, new Goodbye { Reason = GoodbyeReason.Stopping }, WireLimits.ControlBytes);

        await Eventually.HoldsAsync(() => seed.Says("Node 2 has left"), "the goodbye is heard");
        await two.DisposeAsync();
        Assert.Equal([new NodeId(1)], seed.Registry.Members().Select(member => member.Id));
    }

    [Fact]
    public async Task Of_two_connections_of_one_node_the_later_one_stays()
    {
        await using var seed = new SeedUnderTest();
        var (first, _) = await seed.RegisterAsync(1);
        await using var _1 = first;
        var (second, _) = await seed.RegisterAsync(1);
        await using var _2 = second;

        await EndsAsync(first);
        Assert.Empty((await SeedUnderTest.RegisterAsync(second, 1)).Members);
    }

    [Fact]
    public async Task Of_two_processes_of_one_node_the_first_stays_and_both_are_told()
    {
        await using var seed = new SeedUnderTest(new ManualClock()); // It has heard the first one just now, however slow the machine is.
        await using var first = await seed.ConnectAsync(TestNetworkKeys.Identity(1));
        await SeedUnderTest.RegisterAsync(first, 1, instance: 11);
        await using var second = await seed.ConnectAsync(TestNetworkKeys.Identity(1));

        var refuse = await RefusedAsync(second, SeedUnderTest.Greeting(1, incarnation: 2, instance: 22));

        using var told = await first.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(10));
        Assert.Equal(22UL, told!.Value.Parse(Duplicate.Parser).Instance);
        Assert.Equal((RefuseReason.DuplicateId, "another process runs as node 1 at 127.0.0.1:5001: give one of them another ID"), (refuse.Reason, refuse.Text));
        Assert.Equal(1, seed.Registry.Members().Single().Incarnation);
    }

    [Fact]
    public async Task Who_only_looks_whether_its_certificate_is_taken_leaves_no_line()
    {
        await using var seed = new SeedUnderTest();
        await (await seed.ConnectAsync(TestNetworkKeys.Identity(1))).DisposeAsync();
        await using var mute = await seed.ConnectAsync(TestNetworkKeys.Identity(2));
        await mute.WriteAsync(FrameType.Election, new Goodbye(), WireLimits.ControlBytes);

        await Eventually.HoldsAsync(() => seed.Says("a Election frame came where SeedRegister was due"), "the second one has its line");
        Assert.DoesNotContain(seed.Lines, line => line.Contains("without a word", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_does_not_answer_gives_its_place_to_another_of_the_same_node()
    {
        await using var seed = new SeedUnderTest();
        await using var silent = await seed.ConnectAsync(TestNetworkKeys.Identity(1));
        await SeedUnderTest.RegisterAsync(silent, 1, instance: 11);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await RegistersAsync(seed, instance: 22))
            deadline.Token.ThrowIfCancellationRequested();

        Assert.Equal(2, seed.Registry.Members().Single().Incarnation);
        using var told = await silent.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(10));
        var other = told!.Value.Parse(Duplicate.Parser);
        Assert.Equal((22UL, "127.0.0.1", 5001), (other.Instance, other.Host, other.Port));
    }

    private static async Task<bool> RegistersAsync(SeedUnderTest seed, ulong instance)
    {
        await using var connection = await seed.ConnectAsync(TestNetworkKeys.Identity(1));
        await connection.WriteAsync(FrameType.SeedRegister, SeedUnderTest.Greeting(1, incarnation: 2, instance: instance), WireLimits.ControlBytes);
        using var frame = await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(10));
        return frame!.Value.Type is FrameType.SeedList;
    }

    public static TheoryData<FrameType, IMessage, string> Breaches => new()
    {
        { FrameType.Election, new Goodbye(), "a Election frame came at a seed" },
        { FrameType.SeedList, new SeedList(), "a SeedList frame came at a seed" },
        { FrameType.SeedReport, new SeedReport { Id = -1 }, "it reports a node that cannot be" },
        { FrameType.SeedRegister, Changed(register => register.Port = 0), "it tells of a node that cannot be" },
        { FrameType.SeedRegister, Changed(register => register.Host = "a b"), "it tells of a node that cannot be" },
        { FrameType.SeedRegister, Changed(register => register.Incarnation = -1), "it tells of a node that cannot be" },
        { FrameType.SeedRegister, Changed(register => register.Incarnation = long.MaxValue), "it tells of a node that cannot be" },
    };

    [Theory]
    [MemberData(nameof(Breaches), DisableDiscoveryEnumeration = true)]
    public async Task Who_breaks_the_rules_is_cut_off_and_the_others_are_served_on(FrameType type, IMessage message, string reason)
    {
        await using var seed = new SeedUnderTest();
        var (good, _) = await seed.RegisterAsync(1);
        await using var _1 = good;
        var (bad, _) = await seed.RegisterAsync(2);
        await using var _2 = bad;

        await bad.WriteAsync(type, message, WireLimits.ControlBytes);

        await EndsAsync(bad);
        await Eventually.HoldsAsync(() => seed.Says(reason), reason);
        Assert.Single((await SeedUnderTest.RegisterAsync(good, 1)).Members);
    }

    [Fact]
    public async Task Floods_of_reports_and_of_lists_are_cut_off()
    {
        await using var seed = new SeedUnderTest();
        var (reporting, _) = await seed.RegisterAsync(1);
        await using var _1 = reporting;
        var (asking, _) = await seed.RegisterAsync(2);
        await using var _2 = asking;

        await FloodAsync(() => ReportAsync(reporting, 3), 3_000);
        await FloodAsync(async () => await asking.WriteAsync(FrameType.SeedRegister, SeedUnderTest.Greeting(2), WireLimits.ControlBytes), 30);

        await Eventually.HoldsAsync(() => seed.Says("it sends more than 20 frames a second") && seed.Says("it asks for the list again and again"), "both are cut off");
    }

    private static SeedRegister Changed(Action<SeedRegister> change)
    {
        var register = SeedUnderTest.Greeting(2);
        change(register);
        return register;
    }

    private static async Task ReportAsync(Connection by, int id) =>
        await by.WriteAsync(FrameType.SeedReport, new SeedReport { Id = id, Incarnation = 1 }, WireLimits.ControlBytes);

    private static async Task<Refuse> RefusedAsync(Connection connection, SeedRegister register)
    {
        await connection.WriteAsync(FrameType.SeedRegister, register, WireLimits.ControlBytes);
        using var frame = await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(10));
        return frame!.Value.Parse(Refuse.Parser);
    }

    private static async Task FloodAsync(Func<Task> sendAsync, int times)
    {
        try
        {
            while (times-- > 0)
                await sendAsync();
        }
        catch (Exception e) when (e is PeerException or OperationCanceledException)
        {
            // It was cut off in the midst of it.
        }
    }

    /// <summary>Reads until the seed hangs up.</summary>
    private static async Task EndsAsync(Connection connection)
    {
        try
        {
            while (await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(20)) is { } frame)
                frame.Dispose();
        }
        catch (PeerException e) when (e.Fault is PeerFault.Lost)
        {
            // Reset, as it sent what was not read any more.
        }
    }
}
