using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Tests.Files;

namespace P2PNode.Tests.Security;

public sealed class NetworkFolderTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly NetworkFolder _network;

    public NetworkFolderTests()
    {
        _network = new NetworkFolder(_home.Path);
        _network.LoadOrCreate(local: true, TimeProvider.System).Authority.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Who_finds_the_CA_in_use_has_its_turn_though_it_comes_late()
    {
        var first = await _network.LockAsync(TimeProvider.System, Stop);
        var clock = new HastyClock();
        clock.Waited += now =>
        {
            if (now >= TimeSpan.FromSeconds(50))
                first.Dispose();
        };

        using var second = await _network.LockAsync(clock, Stop);

        Assert.InRange(clock.Now, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(51));
    }

    [Fact]
    public async Task A_CA_that_is_never_free_is_given_up_after_a_minute()
    {
        using var first = await _network.LockAsync(TimeProvider.System, Stop);
        var clock = new HastyClock();

        await Assert.ThrowsAsync<IOException>(() => _network.LockAsync(clock, Stop));

        Assert.InRange(clock.Now, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public void A_certificate_of_a_node_that_is_damaged_is_told_of_once_and_does_not_hide_the_others()
    {
        var told = new List<(NodeId, string)>();
        var network = new NetworkFolder(_home.Path, (id, path) => told.Add((id, path)));
        using var authority = network.Load()!;
        foreach (var id in (int[])[7, 8])
            network.Certify(authority, new NodeId(id), authority.Certificate.PublicKey, TimeProvider.System).Dispose();
        var damaged = _home.Write(".p2pnode/network/nodes/7.crt", "-----BEGIN CERTIFICATE-----");

        Assert.Null(network.LastIssued(new NodeId(7)));
        Assert.Null(network.RoleOf(new NodeId(7), TimeProvider.System));

        Assert.Equal([new NodeId(8)], network.Certified().Select(node => node.Id));
        Assert.Equal([(new NodeId(7), damaged)], told);
    }

    /// <summary>A clock that moves by nothing but waits, each of which is over as soon as it begins.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public event Action<TimeSpan>? Waited;

        public TimeSpan Now { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Now += dueTime;
            Waited?.Invoke(Now);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
