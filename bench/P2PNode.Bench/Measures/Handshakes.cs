using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Bench.Measures;

/// <summary>What TLS costs, with both ends in this process: to open a connection, and to carry bytes over it.</summary>
internal static class Handshakes
{
    public const string Name = "handshakes";

    private const int Rounds = 10;
    private const int HandshakesOfRound = 50;
    private const int ParcelsOfRound = 256;
    private const int ParcelBytes = WireLimits.BulkBytes;

    public static async Task<IReadOnlyList<Figure>> TakeAsync(CancellationToken stop)
    {
        using var authority = NetworkAuthority.Create(local: true, TimeProvider.System);
        var (one, two) = (Tls(authority, 1), Tls(authority, 2));
        return
        [
            new Figure("TLS handshakes, both ends", "a second", await RoundsAsync(async () =>
            {
                var began = Stopwatch.GetTimestamp();
                await HandshakesAsync(one, two, stop);
                return HandshakesOfRound / Stopwatch.GetElapsedTime(began).TotalSeconds;
            })),
            new Figure("one TLS handshake, both ends", "CPU ms", await RoundsAsync(
                async () => await CpuAsync(() => HandshakesAsync(one, two, stop)) / HandshakesOfRound)),
            new Figure("1 MiB over TLS, both ends", "CPU ms", await CarryAsync(one, two, stop)),
            new Figure("1 MiB without TLS, both ends", "CPU ms", await CarryAsync(null, null, stop)),
        ];
    }

    private static MutualTls Tls(NetworkAuthority authority, int id)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);
        var identity = NodeIdentity.From(key, certificate, authority.Certificate);
        return new MutualTls(() => identity, TimeProvider.System);
    }

    private static async Task HandshakesAsync(MutualTls one, MutualTls two, CancellationToken stop)
    {
        for (var i = 0; i < HandshakesOfRound; i++)
        {
            var (near, far) = await OpenAsync(one, two, stop);
            await near.DisposeAsync();
            await far.DisposeAsync();
        }
    }

    private static async Task<List<double>> CarryAsync(MutualTls? one, MutualTls? two, CancellationToken stop)
    {
        var (near, far) = await OpenAsync(one, two, stop);
        await using var from = new Connection(near, remote: null, TimeProvider.System);
        await using var to = new Connection(far, remote: null, TimeProvider.System);
        var parcel = new byte[WireLimits.HeadBytes + ParcelBytes];
        Random random = new(1);
        random.NextBytes(parcel);
        FrameWriter.WriteHead(parcel, FrameType.Parcel, ParcelBytes);
        return await RoundsAsync(async () => await CpuAsync(() => Task.WhenAll(Task.Run(WriteAsync, stop), Task.Run(ReadAsync, stop))) / ParcelsOfRound);

        async Task WriteAsync()
        {
            for (var i = 0; i < ParcelsOfRound; i++)
                await from.WriteAsync(parcel);
        }

        async Task ReadAsync()
        {
            for (var i = 0; i < ParcelsOfRound; i++)
                (await to.ReadAsync(ParcelBytes, TimeSpan.FromSeconds(30)))?.Dispose();
        }
    }

    private static async Task<(Stream Near, Stream Far)> OpenAsync(MutualTls? one, MutualTls? two, CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await dialled.ConnectAsync(listener.LocalEndpoint, stop);
        var accepted = await listener.AcceptSocketAsync(stop);
        accepted.NoDelay = true;
        var (near, far) = (new NetworkStream(dialled, ownsSocket: true), new NetworkStream(accepted, ownsSocket: true));
        if (one is null || two is null)
            return (near, far);
        var accepting = one.AcceptAsync(far, stop);
        var dialling = two.DialAsync(near, stop);
        return ((await dialling).Stream, (await accepting).Stream);
    }

    private static async Task<double> CpuAsync(Func<Task> work)
    {
        var started = Environment.CpuUsage.TotalTime;
        await work();
        return (Environment.CpuUsage.TotalTime - started).TotalMilliseconds;
    }

    /// <summary>The first round does not count: it compiles.</summary>
    private static async Task<List<double>> RoundsAsync(Func<Task<double>> round)
    {
        await round();
        var values = new List<double>();
        while (values.Count < Rounds)
            values.Add(await round());
        return values;
    }
}
