using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using P2PNode.Node;
using Serilog;

namespace P2PNode.Api;

/// <summary>
/// Answers the commands of the user who runs the node: HTTP on a Unix domain socket that nobody else may open.
/// </summary>
public sealed class LocalEndpoint : IAsyncDisposable
{
    /// <summary>How long requests in progress may take to end; the stop of a node as a whole has two seconds.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly LocalSocketPath _path;
    private readonly LocalListener _listener;
    private readonly LocalRequests _requests;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _answering;
    private KestrelServer? _server;

    private LocalEndpoint(LocalSocketPath path, LocalListener listener, INodeQueries node, TimeProvider clock, ILogger log)
    {
        (_path, _listener, _requests, _clock, _log) = (path, listener, new LocalRequests(node, clock, log), clock, log);
        _answering = AnswerAsync(_closing.Token);
    }

    /// <summary>Answers until <paramref name="stop"/> fires, and ends by throwing then.</summary>
    /// <param name="folder">The absolute path of the node's folder.</param>
    /// <param name="node">The node that is asked.</param>
    /// <param name="clock">Bounds the wait for an answer.</param>
    /// <param name="log">Takes the events of this room.</param>
    /// <param name="stop">Ends the service.</param>
    /// <exception cref="NodeStartException">The socket cannot be had: a sentence says why.</exception>
    public static async Task ServeAsync(
        string folder, INodeQueries node, TimeProvider clock, ILogger log, CancellationToken stop)
    {
        await using var endpoint = Start(folder, node, clock, log);
        await endpoint._answering.WaitAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    /// <summary>Starts to answer; requests are served when this returns, and until the endpoint is disposed.</summary>
    /// <inheritdoc cref="ServeAsync"/>
    public static LocalEndpoint Start(string folder, INodeQueries node, TimeProvider clock, ILogger log)
    {
        var path = Prepare(folder, log);
        try
        {
            var listener = new LocalListener(path, clock);
            log.LocalEndpointOpened(path.Path);
            return new LocalEndpoint(path, listener, node, clock, log);
        }
        catch (Exception e)
        {
            path.Dispose();
            if (e is IOException or SocketException)
                throw new NodeStartException($"The socket {path.Path} for commands cannot be opened: {e.Message}", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // Whoever serves has seen why it ended.
        if (_server is not null)
        {
            using var grace = new CancellationTokenSource(Grace, _clock);
            await _server.StopAsync(grace.Token);
            _server.Dispose();
        }

        await _listener.DisposeAsync();
        _path.Dispose(); // Last: the listener removes its file by the address that this keeps valid.
        _closing.Dispose();
    }

    /// <summary>Has a server from the first call on.</summary>
    private async Task AnswerAsync(CancellationToken stop)
    {
        await _listener.FirstCallAsync(stop);
        _server = CreateServer();
        await _server.StartAsync(_requests, stop);
    }

    private static LocalSocketPath Prepare(string folder, ILogger log)
    {
        var socket = Open(folder);
        if (LocalClient.IsServed(socket))
        {
            socket.Dispose();
            throw new NodeStartException($"A node is running with the folder {folder} already.");
        }

        if (File.Exists(socket.Path))
        {
            File.Delete(socket.Path);
            log.StaleSocketReplaced(socket.Path);
        }

        return socket;
    }

    private static LocalSocketPath Open(string folder)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

        Directory.CreateDirectory(folder);
        var state = LocalSocketPath.FolderOf(folder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(state);
        else
        {
            Directory.CreateDirectory(state, OwnerOnly);
            File.SetUnixFileMode(state, OwnerOnly); // It may have been there, open to others.
        }

        try
        {
            return LocalSocketPath.Open(folder);
        }
        catch (PathTooLongException e)
        {
            throw new NodeStartException(e.Message, e);
        }
    }

    /// <summary>
    /// The server by itself, without the web host around it: that host would cost the start of a node several times as
    /// much as the server. It logs nothing: what a request did is logged by <see cref="LocalRequests"/>.
    /// </summary>
    private KestrelServer CreateServer()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = 64;
        options.Limits.MaxRequestBodySize = 1 << 19; // A text to say, each byte of it written as \u00XX.
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        options.ListenUnixSocket(_path.Address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => OwnUserOnly.Guard(next, _log));
        });
        return new KestrelServer(Options.Create(options), _listener, NullLoggerFactory.Instance);
    }
}
