using P2PNode.Api;
using P2PNode.Cli;
using P2PNode.Tests.Api;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace P2PNode.Tests.Cli;

/// <summary>Runs command lines in this process, in a folder of their own, and keeps what they printed.</summary>
public abstract class CommandLineFixture : IDisposable
{
    protected const string ThreeNodes =
        """
        { "nodes": [ { "id": 1, "host": "127.0.0.1", "port": 5001 },
                     { "id": 2, "host": "127.0.0.1", "port": 5002 },
                     { "id": 3, "host": "127.0.0.1", "port": 5003 } ] }
        """;

    private readonly TemporaryFolder _temporary = new();
    private readonly StringWriter _output = new();
    private readonly TextWriter _shared;
    private readonly StringWriter _error = new();

    protected CommandLineFixture() => _shared = TextWriter.Synchronized(_output);

    internal StubNode Node { get; } = new();

    internal RunNode RunNode { get; set; } = (_, _, stop) => Task.FromCanceled(stop);

    protected TextReader Input { get; set; } = TextReader.Null;

    protected Dictionary<string, string> Variables { get; } = [];

    protected string Folder => _temporary.Path;

    protected string Output
    {
        get
        {
            lock (_shared) // A command may still be writing.
                return _output.ToString().ReplaceLineEndings("\n");
        }
    }

    protected string Error => _error.ToString().ReplaceLineEndings("\n");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void WriteNodesFile(string json = ThreeNodes) => File.WriteAllText(Path.Combine(Folder, "nodes.json"), json);

    /// <summary>Has a node answer for NODE and the ID in the folder.</summary>
    protected LocalEndpoint StartNode(int id, string? folder = null) => LocalEndpoint.Start(
        Path.Combine(Folder, folder ?? $"NODE{id}"), Node, TimeProvider.System, Logger.None);

    protected Task<int> RunAsync(params string[] args) => RunUntilAsync(Stop, args);

    protected Task<int> RunUntilAsync(CancellationToken stop, params string[] args) => CommandLine.RunAsync(args, Surroundings, stop);

    internal Surroundings Surroundings => new()
    {
        Output = _shared,
        Error = _error,
        ReadLine = Input.ReadLine,
        WorkingDirectory = Folder,
        Environment = Variables.GetValueOrDefault,
        Clock = new UtcClock(),
        LogTo = (sinks, formatter) => sinks.Sink(new WriterSink(_error, formatter)),
        RunNode = (options, log, token) => RunNode(options, log, token),
    };

    private sealed class UtcClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }

    private sealed class WriterSink(TextWriter writer, ITextFormatter formatter) : ILogEventSink
    {
        private readonly Lock _gate = new();

        public void Emit(LogEvent logEvent)
        {
            lock (_gate)
                formatter.Format(logEvent, writer);
        }
    }
}
