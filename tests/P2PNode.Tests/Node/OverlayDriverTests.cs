using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Serilog.Core;
using GoodbyeReason = P2PNode.Protocol.Messages.GoodbyeReason;

namespace P2PNode.Tests.Node;

public sealed class OverlayDriverTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackNode _self = new(3);
    private readonly LoopbackNode _peer = new(1);
    private readonly Roster _roster;
    private readonly OverlayDriver _driver;

    public OverlayDriverTests()
    {
        var clock = TimeProvider.System;
        var table = new MemberTable(new Member { Id = _self.Id, Host = "127.0.0.1", Port = 3 });
        _roster = new Roster(table, clock);
        var machine = new OverlayMachine(table, new OverlayOptions(), TimeSpan.Zero);
        var incarnations = new Incarnations(new DurableNumbers(_folder["incarnation"]));
        _driver = new OverlayDriver(machine, _roster, _self.Table, _self.Dialler, incarnations, clock, clock.GetTimestamp(), new Random(1), Logger.None);
    }

    [Fact]
    public async Task Who_speaks_over_the_next_link_before_the_last_one_is_known_to_have_ended_lives()
    {
        var first = await LinkAsync(other: null);
        _driver.Opened(first);
        first.Close(GoodbyeReason.NotNeeded);
        var next = await LinkAsync(first);

        _driver.Take(next, new Probe(0));
        _driver.Closed(first, LinkFate.Lost, MemberState.Suspect);

        Assert.Equal(MemberState.Alive, State);
    }

    [Fact]
    public async Task A_dial_that_fails_beside_a_link_makes_nobody_dead()
    {
        _driver.Opened(await LinkAsync(other: null));

        _driver.DialFailed(_peer.Id, LinkFate.Refused, MemberState.Dead);

        Assert.Equal(MemberState.Alive, State);
    }

    [Fact]
    public async Task Whose_only_link_is_lost_is_suspected()
    {
        var link = await LinkAsync(other: null);
        _driver.Opened(link);
        _self.Want();
        link.Close(GoodbyeReason.NotNeeded);
        await Eventually.HoldsAsync(() => _self.Table.Find(_peer.Id) is null, "the link is gone");

        _driver.Closed(link, LinkFate.Lost, MemberState.Suspect);

        Assert.Equal(MemberState.Suspect, State);
    }

    public async ValueTask DisposeAsync()
    {
        await _self.DisposeAsync();
        await _peer.DisposeAsync();
        _folder.Dispose();
    }

    private MemberState State => Assert.Single(_roster.All(), member => member.Id == _peer.Id).State;

    private async Task<Link> LinkAsync(Link? other)
    {
        _self.Want(_peer);
        await Eventually.HoldsAsync(() => _self.Table.Find(_peer.Id) is { } link && link != other, "the two are linked");
        return _self.Table.Find(_peer.Id)!;
    }
}
