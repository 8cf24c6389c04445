using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

/// <summary>Node 3 is let in, and lies. Nodes 1, which leads, and 2 are real.</summary>
public sealed class MaliciousMemberTests : IAsyncDisposable
{
    private static readonly NodeId One = new(1);

    private readonly TestNetwork _network = new(1, 2);
    private LoopbackNode _liar = null!;

    public async ValueTask DisposeAsync()
    {
        await _liar.DisposeAsync();
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task A_listing_of_another_owner_costs_the_link_and_changes_nothing()
    {
        var link = await LinkAsync();

        await SendAsync(link, FrameType.ListingBatch, new Wire.ListingBatch { Owner = 2, ListId = 9, Digest = ByteString.CopyFrom(new byte[32]) });

        await EndsAsync(link, "it sent a listing of node 2, for which it was never asked");
        await UnharmedAsync();
    }

    [Fact]
    public async Task Claims_without_right_and_old_epochs_move_no_leadership()
    {
        var link = await LinkAsync();
        var epoch = _network[1].Status().Epoch;
        for (var number = 0; number < 3; number++)
        {
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = 0, Heartbeat = new() });
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = epoch + 5 + number, Claim = new() });
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = epoch + 5 + number, Heartbeat = new() });
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = long.MaxValue, Claim = new() });
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = epoch + 5 + number, YieldRequest = new() { Reaches = { 1, 2 } } });
            await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Epoch = epoch + 5 + number, Yield = new() });
        }

        // The leader outbids whoever claims beside it, and keeps its follower.
        await _network.HoldsAsync(
            () => _network[1].Status() is { Role: NodeRole.Leader } leading && leading.Epoch > epoch && leading.Epoch < epoch + 1000
                && _network[2].Status() is { Leader.Value: 1 } following && following.Epoch == leading.Epoch,
            "node 1 leads under a later epoch");
        await UnharmedAsync();
        lock (_network.Log)
            Assert.DoesNotContain(_network.Log, line => line.Contains("Leader is node 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_only_a_leader_may_say_counts_for_nothing()
    {
        var link = await LinkAsync();
        var epoch = _network[1].Status().Epoch;

        await SendAsync(link, FrameType.Roster, new Wire.Roster
        {
            Epoch = epoch + 9,
            Leader = 3,
            Members = { new Wire.RosterMember { Id = 99, Host = "127.0.0.1", Port = 99 }, new Wire.RosterMember { Id = 2, Host = "127.0.0.1", Port = 98, Incarnation = 999, State = Wire.MemberState.Left } },
            Totals = new() { Files = 1_000_000, Bytes = 1 },
        });
        await SendAsync(link, FrameType.FilesAnswer, new Wire.FilesAnswer { Query = 1, Found = 5 });
        await SeenAsync(link);

        Assert.DoesNotContain(_network[1].Members(), member => member.Id.Value == 99);
        Assert.Equal(1, _network[1].Status().Catalogue.Files);
        await UnharmedAsync();
    }

    [Fact]
    public async Task Holdings_of_files_that_nobody_lists_are_shown_to_nobody()
    {
        var link = await LinkAsync();

        await SendAsync(link, FrameType.Holdings, new Wire.Holdings
        {
            Added =
            {
                HoldingsFeed.Row(new NodeId(2), FilePath.Parse("theirs.txt"), ContentHasher.Of("other"u8)),
                HoldingsFeed.Row(new NodeId(77), FilePath.Parse("x"), default),
            },
            Removed = { HoldingsFeed.Row(new NodeId(2), FilePath.Parse("theirs.txt"), default) },
        });
        await SeenAsync(link);

        var file = Assert.Single((await _network[1].FilesAsync(FileQuery.All, TestContext.Current.CancellationToken)).Files);
        Assert.DoesNotContain(file.Holders, holder => holder.Id.Value == 3);
        Assert.Contains(file.Holders, holder => holder.Id.Value == 2);
        await UnharmedAsync();
    }

    [Fact]
    public async Task Holdings_that_begin_anew_without_end_cost_the_link()
    {
        var link = await LinkAsync();

        for (var i = 0; i <= WireLimits.HoldingsAnewAtOnce; i++)
            await SendAsync(link, FrameType.Holdings, new Wire.Holdings { Anew = true });

        await EndsAsync(link, "it begins to tell its holdings anew more than once a second");
        await UnharmedAsync();
    }

    [Theory]
    [InlineData(FrameType.Want, "a Want frame came on a control link")]
    [InlineData(FrameType.Hello, "a Hello frame came on a control link")]
    public async Task A_frame_that_has_no_place_on_a_link_costs_it(FrameType type, string reason)
    {
        var link = await LinkAsync();

        await SendAsync(link, type, new Wire.Want());

        await EndsAsync(link, reason);
        await UnharmedAsync();
    }

    [Fact]
    public async Task A_flood_of_questions_costs_the_link_and_the_others_go_on()
    {
        var link = await LinkAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (var number = 0; number < 100_000; number++)
                await SendAsync(link, FrameType.FilesQuery, new Wire.FilesQuery { Query = number });
        });

        await ToldAsync("it asks more than 64 questions at once"); // Whoever still floods may not hear the goodbye.
        await UnharmedAsync();
    }

    private static async Task SendAsync(Link link, FrameType type, IMessage message) =>
        await link.SendAsync(type, message, TestContext.Current.CancellationToken);

    private async Task<Link> LinkAsync()
    {
        _network.Put(2, "theirs.txt", "theirs");
        _network.Start(1);
        _network.Start(2);
        await _network.LedByAsync(1);
        await _network.HoldsAsync(() => _network.Copy(1, 2, "theirs.txt") == "theirs", "node 1 has a copy");
        using var authority = _network.LoadAuthority();
        _liar = new LoopbackNode(3, network: authority.Network, identity: TestNetworkKeys.Issue(3, by: authority));
        _liar.Addresses[One] = _network.Address(1);
        _liar.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId> { One });
        await _network.HoldsAsync(() => _liar.Table.Find(One) is not null && _network[1].Status().Links.Length == 2, "the two are linked");
        _liar.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId>());
        return _liar.Table.Find(One)!;
    }

    /// <summary>Waits until the leader has taken in all that was sent so far: it answers a question after that.</summary>
    private async Task SeenAsync(Link link)
    {
        await SendAsync(link, FrameType.FilesQuery, new Wire.FilesQuery { Query = 4711 });
        await _network.HoldsAsync(() => _liar.Frames.Any(frame => frame.Type is FrameType.FilesAnswer), "the leader has answered");
    }

    /// <summary>The link is closed for a reason that both sides are told.</summary>
    private async Task EndsAsync(Link link, string reason)
    {
        Assert.Equal(LinkEnding.Violation, await link.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(reason, link.Reason);
        await ToldAsync(reason);
    }

    private Task ToldAsync(string reason) => _network.HoldsAsync(
        () =>
        {
            lock (_network.Log)
                return _network.Log.Any(line => line.Contains($"1: Closed the link with node 3: {reason}", StringComparison.Ordinal));
        },
        "the log names the liar and the reason");

    /// <summary>The network goes on, with the files that it had.</summary>
    private async Task UnharmedAsync()
    {
        _network.Put(2, "later.txt", "later");
        await _network.HoldsAsync(() => _network.Copy(1, 2, "later.txt") == "later", "node 1 collects");
        Assert.Equal("theirs", _network.Copy(1, 2, "theirs.txt"));
        await _network.HoldsAsync(() => _network[1].Status() is { Role: NodeRole.Leader } && _network[2].Status().Leader?.Value == 1, "node 1 leads");
        Assert.False(Directory.Exists(Path.Combine(_network.Folder(1), "peers", "NODE3")));
    }
}
