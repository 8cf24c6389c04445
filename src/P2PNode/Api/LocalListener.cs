using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace P2PNode.Api;

/// <summary>
/// The listening socket for commands, there before the server that answers them: making one costs a node a tenth of its
/// start, and most nodes are asked nothing for a while. The server takes its connections from here, the first one included.
/// </summary>
internal sealed class LocalListener : IConnectionListenerFactory, IConnectionListener
{
    private const int Backlog = 64;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _clock;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SocketConnectionContextFactory _connections = new(
        new SocketConnectionFactoryOptions { IOQueueCount = 1 }, NullLogger.Instance);

    private Socket? _first;

    /// <summary>Listens from now on, for this user alone.</summary>
    /// <exception cref="SocketException">The address is taken, or cannot be one.</exception>
    /// <exception cref="IOException">The socket cannot be kept from others.</exception>
    public LocalListener(LocalSocketPath path, TimeProvider clock)
    {
        (EndPoint, _clock) = (path.EndPoint, clock);
        try
        {
            _socket.Bind(EndPoint);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public EndPoint EndPoint { get; }

    /// <summary>Waits for the first caller, who is then the first that a server gets.</summary>
    public async Task FirstCallAsync(CancellationToken stop) => _first = await CallAsync(stop);

    ValueTask<IConnectionListener> IConnectionListenerFactory.BindAsync(EndPoint endpoint, CancellationToken stop) => new(this);

    async ValueTask<ConnectionContext?> IConnectionListener.AcceptAsync(CancellationToken stop)
    {
        try
        {
            return _connections.Create(Interlocked.Exchange(ref _first, null) ?? await CallAsync(stop));
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            return null;
        }
    }

    private async Task<Socket> CallAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(stop);
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                // Whoever called is gone already, or the process has too many files open for the moment.
                await Task.Delay(BetweenTries, _clock, stop);
            }
        }
    }

    ValueTask IConnectionListener.UnbindAsync(CancellationToken stop)
    {
        _socket.Dispose(); // Which removes its file too.
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _first?.Dispose();
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
