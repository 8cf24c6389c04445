using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Seeds;

public sealed class SeedLinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private Connection _node = null!;
    private Connection _seed = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint);
        _node = PlainLink.Over(near, TimeProvider.System);
        _seed = PlainLink.Over(await listener.AcceptSocketAsync(), TimeProvider.System);
        var revocations = new Revocations(TestNetworkKeys.Identity(2), new IdentityFolder(_folder["state"]), new NetworkFolder(_folder["keys"]), Logger.None);
        var own = new Member { Id = new NodeId(2), Host = "10.0.0.2", Port = 5002, Incarnation = 1 };
        var link = new SeedLink(_node, 4711, () => own, revocations, _ => { }, () => { }, _ => { }, _ => { }, SeedBook.UsualRenewal, TimeProvider.System);
        _running = link.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _node.DisposeAsync();
        await _seed.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Who_shows_that_it_lives_does_not_ask_for_the_list_again()
    {
        Assert.True((await RegistrationAsync()).WantsList);
        await _seed.WriteAsync(FrameType.SeedList, new SeedList { Last = true }, WireLimits.ControlBytes);

        await _seed.WriteAsync(FrameType.Duplicate, new Duplicate { Instance = 5, Host = "10.0.0.5", Port = 5005 }, WireLimits.ControlBytes);

        Assert.False((await RegistrationAsync()).WantsList);
    }

    [Fact]
    public async Task Nor_does_who_was_held_for_dead()
    {
        Assert.True((await RegistrationAsync()).WantsList);

        await _seed.WriteAsync(FrameType.SeedList, new SeedList { Last = true, DeadIncarnation = 1 }, WireLimits.ControlBytes);

        Assert.False((await RegistrationAsync()).WantsList);
    }

    private async Task<SeedRegister> RegistrationAsync()
    {
        using var frame = await _seed.ReadAsync(WireLimits.ControlBytes, Patience);
        return frame!.Value.Parse(SeedRegister.Parser);
    }
}
