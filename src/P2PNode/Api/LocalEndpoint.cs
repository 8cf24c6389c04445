using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
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

    private readonly KestrelServer _server;
    private readonly LocalSocketPath _socket;
    private readonly TimeProvider _clock;

    private LocalEndpoint(KestrelServer server, LocalSocketPath socket, TimeProvider clock) =>
        (_server, _socket, _clock) = (server, socket, clock);

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
        await using var endpoint = await StartAsync(folder, node, clock, log, stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    /// <summary>Starts to answer; requests are served when this returns, and until the endpoint is disposed.</summary>
    /// <inheritdoc cref="ServeAsync"/>
    public static async Task<LocalEndpoint> StartAsync(
        string folder, INodeQueries node, TimeProvider clock, ILogger log, CancellationToken stop)
    {
        var socket = Prepare(folder, log);
        try
        {
            var server = CreateServer(socket.Address, log);
            await server.StartAsync(new LocalRequests(node, clock, log), stop);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(socket.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            log.LocalEndpointOpened(socket.Path);
            return new LocalEndpoint(server, socket, clock);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is IOException or SocketException)
                throw new NodeStartException($"The socket {socket.Path} for commands cannot be opened: {e.Message}", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var grace = new CancellationTokenSource(Grace, _clock))
            await _server.StopAsync(grace.Token);
        _server.Dispose();
        _socket.Dispose(); // After the server, which removes the socket by the address that this keeps valid.
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
    private static KestrelServer CreateServer(string address, ILogger log)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = 64;
        options.Limits.MaxRequestBodySize = 1 << 19; // A text to say, each byte of it written as \u00XX.
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        options.ListenUnixSocket(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => OwnUserOnly.Guard(next, log));
        });

        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }
}
