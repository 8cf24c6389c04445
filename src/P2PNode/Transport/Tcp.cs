using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;

namespace P2PNode.Transport;

/// <summary>Plain TCP, before anybody has proven anything.</summary>
internal static class Tcp
{
    /// <summary>Connects to an address.</summary>
    /// <exception cref="PeerException">Nobody answers there in <see cref="WireLimits.Connect"/>, and why.</exception>
    public static async Task<Socket> ConnectAsync(NodeAddress address, TimeProvider clock, CancellationToken stop)
    {
        Socket? socket = null;
        using var deadline = new CancellationTokenSource(WireLimits.Connect, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            // Here too, for there may be no descriptor left, or no such family of addresses.
            socket = IPAddress.TryParse(address.Host, out var ip)
                ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.Host, address.Port, either.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new PeerException(PeerFault.TimedOut, $"no answer from {address} in {WireLimits.Connect.TotalSeconds:0} s");
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            var fault = e.SocketErrorCode == SocketError.ConnectionRefused ? PeerFault.ConnectionRefused : PeerFault.Unreachable;
            throw new PeerException(fault, $"{address}: {e.Message}", e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
