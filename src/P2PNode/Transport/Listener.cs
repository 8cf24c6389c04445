using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;
using Serilog;

namespace P2PNode.Transport;

/// <summary>
/// Server mode: takes connections and greets strangers, each in a task of its own, so that a silent one holds up
/// nobody. Bounded in how many may be unknown at a time (design 6).
/// </summary>
/// <param name="connector">Has them prove who they are.</param>
/// <param name="joining">Serves who asks to join.</param>
/// <param name="serveAsync">Serves all others to the end, and says when a stranger is none any more.</param>
/// <param name="clock">Times what is logged and tried again.</param>
/// <param name="log">Hears of strangers that were not let in.</param>
internal sealed class Listener(SecureConnector connector, JoinServer joining, Func<Connection, Action, CancellationToken, Task> serveAsync, TimeProvider clock, ILogger log) : IDisposable
{
    private const int MaxStrangers = 64;
    private const int MaxStrangersOfOneAddress = 8;
    private const int Backlog = 512;

    private readonly ConcurrentDictionary<IPAddress, int> _strangers = new();
    private readonly StrangerLog _strangerLog = new(clock, log);
    private readonly TaskGroup _serving = new();
    private Socket? _socket;
    private volatile bool _closed;

    /// <summary>Where it listens, once bound; tells the port that the system chose where 0 was asked for.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_socket!.LocalEndPoint!;

    /// <summary>Takes a port, and has the system gather connections from then on.</summary>
    /// <exception cref="SocketException">The address is not ours, or the port is in use.</exception>
    public static Socket Open(NodeAddress address)
    {
        var host = address.Host is "*" or "0.0.0.0" ? IPAddress.Any
            : IPAddress.TryParse(address.Host, out var ip) ? ip
            : Dns.GetHostAddresses(address.Host)[0];
        var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (host.Equals(IPAddress.IPv6Any))
                socket.DualMode = true; // "::" is every address, those of IPv4 too.
            socket.Bind(new IPEndPoint(host, address.Port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes the port.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public void Bind(NodeAddress address) => Bind(Open(address));

    /// <summary>Takes what <see cref="Open"/> made; owned by the listener from now on.</summary>
    public void Bind(Socket listening) => _socket = listening;

    /// <summary>Takes no more connections: from now on they are refused. Those that are there are served on.</summary>
    public void Close()
    {
        _closed = true;
        _socket?.Dispose();
    }

    /// <summary>Accepts until stopped, then waits for what it serves to end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await TaskGroup.RunAsync([AcceptLoopAsync, _serving.RunAsync], stop);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _serving.Dispose();
    }

    private async Task AcceptLoopAsync(CancellationToken stop)
    {
        try
        {
            while (true)
                Serve(await AcceptAsync(stop));
        }
        catch (Exception e) when (_closed && e is SocketException or ObjectDisposedException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
        }
    }

    private async ValueTask<Socket> AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await _socket!.AcceptAsync(stop);
            }
            catch (SocketException e) when (!stop.IsCancellationRequested && !_closed)
            {
                // The connection died before it was taken, or descriptors ran out; the latter needs time to mend.
                log.AcceptFailed(e.Message);
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    await Task.Delay(TimeSpan.FromMilliseconds(100), clock, stop);
            }
        }
    }

    private void Serve(Socket socket)
    {
        var from = (IPEndPoint)socket.RemoteEndPoint!;
        if (!TryAdmit(from.Address))
        {
            _strangerLog.TurnedAway(from.Address);
            socket.Dispose();
            return;
        }

        _serving.Start(stop => GreetAsync(socket, from, stop));
    }

    private async Task GreetAsync(Socket socket, IPEndPoint from, CancellationToken stop)
    {
        var known = false;
        try
        {
            await using var connection = await connector.AcceptAsync(socket, stop);
            await using var cut = stop.Register(connection.Abort);
            if (connection.Joins)
                await joining.ServeAsync(connection, from.Address, stop);
            else
                await serveAsync(connection, Known, stop);
        }
        catch (PeerException e)
        {
            // Those who gave up while this process stood still come in dozens at once.
            if (e.Fault is PeerFault.OtherNetwork or PeerFault.NotAdmitted or PeerFault.Lost)
                _strangerLog.FailedAgain(from, e.Message);
            else
                _strangerLog.Failed(from, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.StoppedGreeting(from);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.GreetingFailed(from, e); // No peer can end the node by what it sends.
        }
        finally
        {
            Known();
        }

        void Known()
        {
            if (!known)
                _strangers.AddOrUpdate(from.Address, 0, (_, count) => count - 1);
            known = true;
        }
    }

    private bool TryAdmit(IPAddress from)
    {
        // All nodes of one machine share its loopback address, so that only the total bounds them.
        var limit = IPAddress.IsLoopback(from) ? MaxStrangers : MaxStrangersOfOneAddress;
        if (_strangers.Values.Sum() >= MaxStrangers || _strangers.GetValueOrDefault(from) >= limit)
            return false;
        _strangers.AddOrUpdate(from, 1, (_, count) => count + 1);
        foreach (var (address, count) in _strangers)
        {
            if (count <= 0)
                _strangers.TryRemove(new KeyValuePair<IPAddress, int>(address, count));
        }

        return true;
    }
}
