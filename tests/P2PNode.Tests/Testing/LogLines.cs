using System.Collections.Concurrent;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Testing;

/// <summary>Keeps what is logged at any level but the most talkative, as people read it. Thread-safe.</summary>
internal sealed class LogLines : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    public LogLines() => Logger = new LoggerConfiguration().MinimumLevel.Information().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IReadOnlyCollection<string> Lines => _lines;

    public void Clear() => _lines.Clear();

    void ILogEventSink.Emit(LogEvent logEvent) => _lines.Enqueue(logEvent.RenderMessage(null));
}
