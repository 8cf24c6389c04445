using System.Net;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Transport;

public sealed class StrangerLogTests : ILogEventSink
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Each_stranger_gets_its_line_but_a_flood_is_counted()
    {
        var clock = new ManualClock();
        var log = new StrangerLog(clock, new LoggerConfiguration().WriteTo.Sink(this).CreateLogger());

        for (var i = 0; i < StrangerLog.Burst + 1000; i++)
            log.TurnedAway(IPAddress.Loopback);
        Assert.Equal(StrangerLog.Burst, _lines.Count);

        clock.Advance(TimeSpan.FromSeconds(0.5));
        log.Failed(null, "it does not speak TLS");
        Assert.Contains("it does not speak TLS", _lines[^2], StringComparison.Ordinal);
        Assert.Equal("1000 more connections were closed or turned away meanwhile, too many to name", _lines[^1]);

        log.Failed(null, "it came too soon");
        Assert.Equal(StrangerLog.Burst + 2, _lines.Count);
    }

    [Fact]
    public void Who_dials_again_and_again_is_told_of_once_a_minute_for_each_reason()
    {
        var clock = new ManualClock();
        var log = new StrangerLog(clock, new LoggerConfiguration().WriteTo.Sink(this).CreateLogger());

        for (var port = 1; port < 10; port++)
            log.FailedAgain(new IPEndPoint(IPAddress.Loopback, port), "it belongs to another network");
        log.FailedAgain(new IPEndPoint(IPAddress.IPv6Loopback, 1), "it belongs to another network");
        log.FailedAgain(new IPEndPoint(IPAddress.Loopback, 1), "its certificate ended on 2026-01-01");
        Assert.Equal(3, _lines.Count);

        clock.Advance(TimeSpan.FromMinutes(1));
        log.FailedAgain(new IPEndPoint(IPAddress.Loopback, 1), "it belongs to another network");
        Assert.Equal(4, _lines.Count);
    }

    void ILogEventSink.Emit(LogEvent logEvent) => _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
}
