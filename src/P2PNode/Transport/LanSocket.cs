using System.Net;
using System.Net.Sockets;
using P2PNode.Protocol;
using Serilog;

namespace P2PNode.Transport;

/// <summary>
/// The port on which nodes hear and announce themselves on the local network; all nodes of a machine share it. One may
/// announce while another thread hears.
/// </summary>
internal sealed class LanSocket(TimeProvider clock, ILogger log)
{
    /// <summary>Packets of one address; a machine may run many nodes.</summary>
    private const int PerSecond = 100;
    private const int AtOnce = 400;
    private const int PerSecondOfAll = 1_000;

    /// <summary>Until a port that cannot be had is tried again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    /// <summary>The interfaces on which this machine is in the group.</summary>
    private readonly HashSet<int> _joined = [];
    private Socket? _v6;

    /// <summary>The last complaint about each way, so that none is repeated.</summary>
    private readonly Dictionary<LanPath, string> _complaints = [];

    /// <summary>Hears until stopped.</summary>
    /// <param name="heard">Given each packet of at most 512 bytes and where it came from; one at a time for each family of addresses.</param>
    /// <param name="stop">Ends it.</param>
    public Task HearAsync(Action<ReadOnlySpan<byte>, IPAddress> heard, CancellationToken stop) => TaskGroup.RunAsync(
        [
            cut => HearAsync(AddressFamily.InterNetwork, heard, cut),
            cut => HearAsync(AddressFamily.InterNetworkV6, heard, cut),
        ],
        stop);

    /// <summary>Sends a packet on a way; one that cannot be used is told to the log, once.</summary>
    public void Send(ReadOnlySpan<byte> packet, LanPath path)
    {
        try
        {
            using var socket = new Socket(path.Source.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (path.Source.AddressFamily is AddressFamily.InterNetwork)
                socket.EnableBroadcast = true;
            else
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, path.Interface);
            socket.Bind(new IPEndPoint(path.Source, 0));
            socket.SendTo(packet, new IPEndPoint(path.To, AnnouncementCodec.Port));
            _complaints.Remove(path);
        }
        catch (SocketException e)
        {
            if (_complaints.GetValueOrDefault(path) != e.Message)
                log.CannotAnnounce(path.Source, e.Message);
            _complaints[path] = e.Message;
        }
    }

    /// <summary>Says on which interfaces to hear what is sent to the group.</summary>
    public void Join(IReadOnlySet<int> interfaces)
    {
        lock (_gate)
        {
            _joined.IntersectWith(interfaces); // One that went away has left the group, and may come again.
            foreach (var index in interfaces.Where(index => !_joined.Contains(index)))
            {
                if (_v6 is not null && TryJoin(_v6, index))
                    _joined.Add(index);
            }
        }
    }

    private async Task HearAsync(AddressFamily family, Action<ReadOnlySpan<byte>, IPAddress> heard, CancellationToken stop)
    {
        var allowances = new SourceAllowances(PerSecond, AtOnce, PerSecondOfAll, clock);
        for (string? complaint = null; ; await Task.Delay(Patience, clock, stop))
        {
            try
            {
                using var socket = Open(family);
                complaint = null;
                await HearAsync(socket, heard, allowances, stop);
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported)
                    await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
                if (complaint != e.Message)
                    log.CannotHearAnnouncements(AnnouncementCodec.Port, complaint = e.Message);
            }
        }
    }

    private static async Task HearAsync(Socket socket, Action<ReadOnlySpan<byte>, IPAddress> heard, SourceAllowances allowances, CancellationToken stop)
    {
        var buffer = new byte[AnnouncementCodec.MostBytes];
        EndPoint any = new IPEndPoint(socket.AddressFamily is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            SocketReceiveFromResult packet;
            try
            {
                packet = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, stop);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.MessageSize)
            {
                continue; // Longer than any of ours.
            }

            var from = ((IPEndPoint)packet.RemoteEndPoint).Address;
            if (allowances.TryTake(from))
                heard(buffer.AsSpan(0, packet.ReceivedBytes), from);
        }
    }

    private Socket Open(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            var any = family is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
            socket.Bind(new IPEndPoint(any, AnnouncementCodec.Port));
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        lock (_gate)
        {
            if (family is AddressFamily.InterNetworkV6)
                (_v6, _) = (socket, _joined.RemoveWhere(_ => true));
        }

        return socket;
    }

    private static bool TryJoin(Socket socket, int index)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(LanPath.Group, index));
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false; // It has no multicast, or is gone already: tried again at the next look.
        }
    }
}
