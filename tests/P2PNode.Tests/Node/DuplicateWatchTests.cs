using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class DuplicateWatchTests
{
    private readonly LogLines _log = new();
    private readonly DuplicateWatch _watch;

    public DuplicateWatchTests() => _watch = new DuplicateWatch(_log.Logger);

    [Fact]
    public void Another_process_is_told_of_once_whoever_refused_it()
    {
        Take(from: 1, instance: 7, port: 5001);
        Take(from: 3, instance: 7, port: 5001);
        Take(from: 3, instance: 8, port: 5002);

        Assert.Equal(2, _log.Lines.Count);
        Assert.StartsWith("Another process says that it is this node: it listens at", _log.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("10.0.0.5:5001", _log.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_makes_processes_up_does_not_fill_the_log()
    {
        for (var instance = 0; instance < 1000; instance++)
            Take(from: 1, (ulong)instance, port: 5001);

        Assert.Equal(100, _log.Lines.Count);
    }

    [Theory]
    [InlineData("two words", 1)]
    [InlineData("\u001b[31m", 1)]
    [InlineData("10.0.0.5", 0)]
    [InlineData("10.0.0.5", 65536)]
    public void An_address_that_cannot_be_breaks_the_protocol(string host, int port)
    {
        var e = Assert.Throws<PeerException>(() => _watch.Take(new NodeId(1), new Wire.Duplicate { Instance = 7, Host = host, Port = port }));

        Assert.Equal(PeerFault.Violation, e.Fault);
        Assert.Empty(_log.Lines);
    }

    private void Take(int from, ulong instance, int port) =>
        _watch.Take(new NodeId(from), new Wire.Duplicate { Instance = instance, Host = "10.0.0.5", Port = port });
}
