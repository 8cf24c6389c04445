using System.Net;
using System.Net.Sockets;
using P2PNode.Node;
using P2PNode.Tests.Files;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Node;

public sealed class OwnPortTests : IDisposable, ILogEventSink
{
    private const string Loopback = "127.0.0.1";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _lines = [];

    public OwnPortTests() => Directory.CreateDirectory(_folder[".p2pnode"]);

    public void Dispose() => _folder.Dispose();

    void ILogEventSink.Emit(LogEvent logEvent) => _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_port_is_chosen_that_is_free_and_no_services()
    {
        var services = ServicePorts.Load();
        Assert.False(OwnPort.IsKeptIn(_folder.Path));

        using var socket = Listen(services);

        Assert.InRange(PortOf(socket), 3000, 5000);
        Assert.DoesNotContain(PortOf(socket), services);
        Assert.True(OwnPort.IsKeptIn(_folder.Path));
        Assert.Empty(_lines);
    }

    [Fact]
    public void Of_all_that_are_left_one_is_found()
    {
        var free = ListenOnce(ServicePorts.Load());
        File.Delete(_folder[".p2pnode/port"]);

        using var socket = Listen(Enumerable.Range(3000, 2001).Where(port => port != free).ToHashSet());

        Assert.Equal(free, PortOf(socket));
    }

    [Fact]
    public void The_port_is_kept_while_it_is_free()
    {
        var services = ServicePorts.Load();
        var first = ListenOnce(services);

        using var again = Listen(services);

        Assert.Equal(first, PortOf(again));
    }

    [Fact]
    public void A_port_that_is_in_use_is_left_and_that_is_said_once()
    {
        var services = ServicePorts.Load();
        using var other = Listen(services);

        var moved = ListenOnce(services);
        Assert.NotEqual(PortOf(other), moved);
        Assert.Equal([$"Port {PortOf(other)} is in use; this node listens at port {moved} from now on"], _lines);

        using var again = Listen(services);
        Assert.Equal(moved, PortOf(again));
        Assert.Single(_lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("junk\n")]
    [InlineData("70000\n")]
    [InlineData("3001 3002\n")]
    public void A_port_that_cannot_be_read_is_chosen_anew_and_that_is_said(string kept)
    {
        var services = ServicePorts.Load();
        _folder.Write(".p2pnode/port", kept);

        var port = ListenOnce(services);

        var line = Assert.Single(_lines);
        Assert.StartsWith($"{_folder[".p2pnode/port"]} is damaged: it ", line);
        Assert.EndsWith($". The node listens at another port from now on: {port}", line);
        Assert.Equal(port, ListenOnce(services));
        Assert.Single(_lines);
    }

    [Fact]
    public void Where_no_port_is_free_that_is_said()
    {
        var refused = Assert.Throws<NodeStartException>(() => Listen(Enumerable.Range(3000, 2001).ToHashSet()));

        Assert.Equal("No port from 3000 to 5000 is free; give one with --listen HOST:PORT.", refused.Message);
    }

    [Fact]
    public void The_systems_list_of_services_is_read_whatever_is_in_it()
    {
        var services = ServicePorts.Parse(["# 3001/tcp", "", "one 3002/tcp alias # 3003/udp", "two\t3004/udp", "three", "four x/tcp", "five 99999999999/tcp"]);

        Assert.Equal([3002, 3004], new[] { 3001, 3002, 3003, 3004 }.Where(services.Contains));
        Assert.Contains(3306, services);
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private int ListenOnce(IReadOnlySet<int> services)
    {
        using var socket = Listen(services);
        return PortOf(socket);
    }

    private Socket Listen(IReadOnlySet<int> services) =>
        new OwnPort(_folder.Path, services, new LoggerConfiguration().WriteTo.Sink(this).CreateLogger()).Listen(Loopback);
}
