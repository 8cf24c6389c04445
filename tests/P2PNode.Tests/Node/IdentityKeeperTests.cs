using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class IdentityKeeperTests : IDisposable
{
    private static readonly NodeAddress[] Loopback = [new("127.0.0.1", 5001)];

    private readonly TemporaryFolder _home = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_running_node_renews_its_certificate_before_it_ends()
    {
        var enrolment = Enrolment();
        var first = await enrolment.ResolveAsync(Loopback, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var keeper = Keeper(enrolment, first);
        var running = keeper.RunAsync(() => [], stop.Token);

        Advance(days: 59);
        Assert.Same(first, keeper.Current);
        for (var i = 0; i < 400; i += 30)
        {
            Advance(days: 30);
            Assert.InRange(keeper.Current.Ends - _clock.GetUtcNow(), TimeSpan.FromDays(30), TimeSpan.FromDays(90));
            Assert.False(running.IsCompleted);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_node_that_cannot_renew_ends_with_its_certificate()
    {
        var enrolment = Enrolment();
        var keeper = Keeper(enrolment, await enrolment.ResolveAsync(Loopback, CancellationToken.None));
        Directory.Delete(_home[".p2pnode"], recursive: true);

        var running = keeper.RunAsync(() => [], CancellationToken.None);
        Advance(days: 89);
        Assert.False(running.IsCompleted);
        Advance(days: 2);

        var e = await Assert.ThrowsAsync<IdentityRefusedException>(() => running);
        Assert.StartsWith("The certificate of node 1 ended on 1970-04-01;", e.Message, StringComparison.Ordinal);
    }

    private Enrolment Enrolment() => new(new NetworkFolder(_home.Path), Folder, new NodeId(1), _clock, Logger.None);

    private IdentityFolder Folder => new(_home["NODE1"]);

    private IdentityKeeper Keeper(Enrolment enrolment, NodeIdentity first) =>
        new(enrolment, first, new Revocations(first, Folder, enrolment.Network, Logger.None), _clock, Logger.None);

    /// <summary>An hour at a time, as the keeper looks.</summary>
    private void Advance(int days)
    {
        for (var i = 0; i < 24 * days; i++)
            _clock.Advance(TimeSpan.FromHours(1));
    }
}
