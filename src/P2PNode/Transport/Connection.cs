using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;

namespace P2PNode.Transport;

/// <summary>
/// A byte stream to a peer, with its one frame reader and its one deadline for writing. What runs over it, TCP or TLS,
/// is not known here. One reader and one writer at a time.
/// </summary>
public sealed class Connection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly TimeProvider _clock;
    private readonly FrameReader _reader;
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _deadline;
    private ITimer? _timer;

    public Connection(Stream stream, EndPoint? remote, TimeProvider clock)
    {
        (_stream, Remote, _clock) = (stream, remote, clock);
        _reader = new FrameReader(stream, clock, _abort.Token);
        _deadline = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
    }

    /// <summary>A connection whose other end has proven who it is.</summary>
    internal Connection(ProvenPeer peer, EndPoint? remote, EndPoint? local, TimeProvider clock)
        : this(peer.Stream, remote, clock)
    {
        (Proven, IssuedAt, Ends, Joins) = (peer.Id, peer.IssuedAt, peer.Ends, peer.Id is null);
        var (its, own) = ((remote as IPEndPoint)?.Address, (local as IPEndPoint)?.Address);
        OwnEnd = own;
        Teller = its is not null && its.Equals(own) ? IPAddress.Loopback : its;
    }

    /// <summary>Where the peer's end is, as the socket says.</summary>
    public EndPoint? Remote { get; }

    /// <summary>Where the peer is, for what it says of addresses: loopback on this machine; null where that is not known.</summary>
    internal IPAddress? Teller { get; }

    /// <summary>The address of this machine that the connection is at; null where that is not known.</summary>
    internal IPAddress? OwnEnd { get; }

    /// <summary>The node that the other end has proven to be; null where that was not asked for.</summary>
    public NodeId? Proven { get; }

    /// <summary>When the certificate by which it has proven that was issued (<see cref="NetworkAuthority.IssuedAt"/>).</summary>
    public long IssuedAt { get; }

    /// <summary>When that certificate ends: nothing is read from then on.</summary>
    private DateTimeOffset Ends { get; } = DateTimeOffset.MaxValue;

    /// <summary>Whether the other end has no certificate, and may do nothing but ask for one.</summary>
    public bool Joins { get; }

    /// <summary>Fires when the connection was aborted.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <inheritdoc cref="FrameReader.ReadAsync"/>
    /// <remarks>Signs of life come every few seconds on any connection, so that none outlives its certificate by more.</remarks>
    public ValueTask<Frame?> ReadAsync(int limit, TimeSpan idle, bool passOver = true) => _clock.GetUtcNow() < Ends
        ? _reader.ReadAsync(limit, idle, passOver)
        : throw new PeerException(PeerFault.NotAdmitted, CertificateJudge.Ended(Ends));

    /// <summary>Writes bytes that are whole frames.</summary>
    /// <exception cref="PeerException">The peer takes nothing, or is gone.</exception>
    /// <exception cref="OperationCanceledException">The connection was aborted.</exception>
    /// <param name="frames">What is written.</param>
    /// <param name="patience">How long the peer may take, where that is not <see cref="WireLimits.Write"/>.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames, TimeSpan? patience = null)
    {
        var time = patience ?? WireLimits.Write;
        Arm(time);
        try
        {
            await _stream.WriteAsync(frames, _deadline.Token);
        }
        catch (OperationCanceledException) when (!_abort.IsCancellationRequested)
        {
            throw new PeerException(PeerFault.TimedOut, $"it took nothing for {time.TotalSeconds:0} s");
        }
        catch (IOException e)
        {
            throw PeerException.Lost(e);
        }
        finally
        {
            Arm(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes one frame.</summary>
    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, TimeSpan?)" path="/exception"/>
    public ValueTask WriteAsync(FrameType type, IMessage? message, int limit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        FrameWriter.Write(buffer, type, message, limit);
        return WriteAsync(buffer.WrittenMemory);
    }

    /// <summary>
    /// Throws away what the peer still sends, until it hangs up: who closes with bytes unread resets the connection, and the
    /// last words are lost. No read may be under way any more.
    /// </summary>
    public async Task DrainAsync(TimeSpan longest)
    {
        using var deadline = new CancellationTokenSource(longest, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, deadline.Token);
        var waste = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await _stream.ReadAsync(waste, either.Token) > 0) { }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It is over, one way or the other.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(waste);
        }
    }

    /// <summary>Ends every read and write under way.</summary>
    public void Abort()
    {
        if (!_abort.IsCancellationRequested)
            _abort.Cancel();
    }

    /// <summary>Closes the stream. No read may be under way any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        await _stream.DisposeAsync();
        _reader.Dispose();
        _timer?.Dispose();
    }

    private void Arm(TimeSpan wait)
    {
        if (_timer is null)
            _timer = _clock.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _deadline, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A stream over a socket that is set up for frames: nothing is held back to be sent in larger lumps.</summary>
    /// <exception cref="PeerException">The peer reset the connection as soon as it stood.</exception>
    internal static NetworkStream WireOver(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            throw PeerException.Lost(e);
        }
    }
}
