using System.Buffers;
using System.Net;
using Google.Protobuf;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Transport;

/// <summary>
/// A link for control messages: one loop reads, one writes; a ping goes out when there was nothing to say for a heartbeat.
/// A peer that is silent for some, three as a rule, is given up. Safe for any number of senders.
/// </summary>
public sealed class Link : IAsyncDisposable
{
    private const int WriteBytes = 64 * 1024;

    /// <summary>The other side has so long to take a goodbye and hang up.</summary>
    internal static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Connection _connection;
    private readonly SharedTimer _pings;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _heartbeat;
    private readonly TimeSpan _patience;
    private readonly Outbox _outbox = new();
    private readonly TaskCompletionSource<LinkEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Allowance _steering;
    private readonly Lock _gate = new();
    private (LinkEnding Ending, string Reason)? _decided;
    private bool _isNeighbour;
    private bool _isElectionDone;
    private volatile bool _isHeard;

    /// <summary>The link whose place this one took, while the peer may still count on that.</summary>
    private Link? _replaced;

    private long _lastWrite;
    private long _lastRead;

    internal Link(Connection connection, PeerIdentity peer, bool dialled, TimeSpan heartbeat, int misses, SharedTimer pings, TimeProvider clock)
    {
        (_connection, Peer, Dialled, _pings, _clock) = (connection, peer, dialled, pings, clock);
        (_heartbeat, _patience) = (heartbeat, misses * heartbeat);
        if (_patience > WireLimits.LongestPatience)
            _patience = WireLimits.LongestPatience;
        Opened = _lastRead = clock.GetTimestamp();
        _steering = new Allowance(WireLimits.SteeringFramesPerSecond, WireLimits.SteeringFramesAtOnce, clock);
    }

    public PeerIdentity Peer { get; }

    /// <summary>When the peer's certificate was issued, as the deny list counts.</summary>
    internal long PeerIssuedAt => _connection.IssuedAt;

    /// <summary>Where the peer is, for what it says of addresses; null where that is not known.</summary>
    internal IPAddress? Teller => _connection.Teller;

    /// <summary>The address of this machine that the link is at; null where that is not known.</summary>
    internal IPAddress? OwnEnd => _connection.OwnEnd;

    /// <summary>Whether this node dialled; otherwise the peer did.</summary>
    public bool Dialled { get; }

    /// <summary>Whether the peer is known to have the link too: it was dialled and said Welcome, or has spoken since it got ours.</summary>
    internal bool IsMutual => Dialled || _isHeard;

    /// <summary>When the link was made, as a timestamp of the clock.</summary>
    public long Opened { get; }

    /// <summary>For how long the peer may be silent before it counts as gone; never longer than others believe that it is waited for.</summary>
    internal TimeSpan Patience => _patience;

    /// <summary>How long ago the peer was last heard.</summary>
    public TimeSpan SilentFor => _clock.GetElapsedTime(Volatile.Read(ref _lastRead));

    /// <summary>Completes when the link is gone.</summary>
    public Task<LinkEnding> Ended => _ended.Task;

    /// <summary>Fires when the link is gone or about to be.</summary>
    public CancellationToken Closing => _connection.Aborted;

    /// <summary>Why the link ended, for people; empty where the ending says it all.</summary>
    public string Reason
    {
        get
        {
            lock (_gate)
                return _decided?.Reason ?? "";
        }
    }

    /// <summary>Queues a frame before all ordinary ones. False when the link is gone, or so far behind that it is cut.</summary>
    public bool TrySend(FrameType type, IMessage? message)
    {
        if (_outbox.TryAddUrgent(type, message))
            return true;
        if (!_outbox.IsClosed) // Otherwise a goodbye may still be on its way.
            Cut(LinkEnding.Silent, "it does not read what is sent to it");
        return false;
    }

    /// <summary>Queues a frame behind the others; waits while the queue is full.</summary>
    /// <exception cref="OperationCanceledException">The link is closing, or <paramref name="stop"/> fired.</exception>
    public ValueTask SendAsync(FrameType type, IMessage message, CancellationToken stop) =>
        _outbox.AddAsync(type, message, stop);

    /// <summary>Whether this node gossips over it. It lasts as long, though the election may be done with it.</summary>
    public void Gossips(bool isNeighbour)
    {
        bool isDone;
        lock (_gate)
            (_isNeighbour, isDone) = (isNeighbour, _isElectionDone && !isNeighbour);
        if (isDone)
            Close(GoodbyeReason.NotNeeded);
    }

    /// <summary>The election needs it no more.</summary>
    public void ElectionDone()
    {
        bool isDone;
        lock (_gate)
            (_isElectionDone, isDone) = (true, !_isNeighbour);
        if (isDone)
            Close(GoodbyeReason.NotNeeded);
    }

    /// <summary>
    /// Takes the place of an older link to the peer, which ends once both know it: at once where this node dialled, else
    /// with the first word of the peer over this one. If the old one ended before, the peer would take it for a loss. To
    /// be called before the link runs.
    /// </summary>
    internal void Replace(Link older)
    {
        if (IsMutual)
            older.Close(GoodbyeReason.Replaced);
        else
            _replaced = older;
    }

    /// <summary>Says goodbye, lets what is queued go out, and ends the link. Later calls do nothing.</summary>
    internal void Close(GoodbyeReason reason, string text = "")
    {
        Decide(EndingOf(reason, mine: true), text);
        _outbox.TryAddUrgent(FrameType.Goodbye, new Goodbye { Reason = reason, Text = text });
        _outbox.Close();
    }

    /// <summary>Carries frames until the link ends; never throws. Call once.</summary>
    /// <param name="onFrame">
    /// Takes each frame in turn; the next one is read when it returns. Throws <see cref="PeerException"/> to end the link.
    /// </param>
    /// <param name="stop">Cuts the link at once; <see cref="Close"/> is the polite way.</param>
    internal async Task<LinkEnding> RunAsync(Func<Link, Frame, ValueTask> onFrame, CancellationToken stop)
    {
        await using var cut = stop.Register(_connection.Abort);
        var reading = ReadLoopAsync(onFrame);
        var writing = WriteLoopAsync();
        using var pinging = _pings.Join(PingIfDue);

        // After Close the writer ends first; the peer then has a moment to take the goodbye and hang up.
        var first = await Task.WhenAny(reading, writing);
        if (first == writing && writing.IsCompletedSuccessfully)
            await reading.WaitAsync(LastWords, _clock, _connection.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Record(first);
        if (first.Exception?.InnerException is PeerException { Fault: PeerFault.Violation } violation)
        {
            // It is told what it did, if it still reads.
            Close(GoodbyeReason.Violation, violation.Message);
            await writing.WaitAsync(LastWords, _clock, _connection.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _connection.DrainAsync(LastWords);
        }

        _outbox.Close();
        _connection.Abort();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        EndReplaced();
        await DisposeAsync();
        var ending = _decided?.Ending ?? LinkEnding.Lost;
        _ended.TrySetResult(ending);
        return ending;
    }

    /// <summary>Ends the link at once, without a goodbye.</summary>
    internal void Cut(LinkEnding ending, string reason)
    {
        Decide(ending, reason);
        _connection.Abort();
    }

    /// <summary>Ends at once a link that is never to run.</summary>
    internal void Fail(LinkEnding ending, string reason)
    {
        Cut(ending, reason);
        _outbox.Close();
        EndReplaced();
        _ended.TrySetResult(ending);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _outbox.Dispose();
    }

    private async Task ReadLoopAsync(Func<Link, Frame, ValueTask> onFrame)
    {
        while (await _connection.ReadAsync(WireLimits.RumourBytes, _patience) is { } read)
        {
            using var frame = read;
            if (frame.Payload.Length > WireLimits.OnControlLink(frame.Type))
                throw PeerException.Violation($"a frame of {frame.Payload.Length} bytes exceeds the limit of {WireLimits.ControlBytes}");
            Volatile.Write(ref _lastRead, _clock.GetTimestamp());
            _isHeard = true;
            EndReplaced();
            if (!frame.Type.Carries() && !_steering.TryTake())
                throw PeerException.Violation($"it sends more than {WireLimits.SteeringFramesPerSecond} frames a second");
            switch (frame.Type)
            {
                case FrameType.Ping:
                    break;
                case FrameType.Goodbye:
                    var goodbye = frame.Parse(Goodbye.Parser);
                    Decide(EndingOf(goodbye.Reason, mine: false), PeerText.Printable(goodbye.Text, PeerText.SentenceLength));
                    return;
                default:
                    await onFrame(this, frame);
                    break;
            }
        }

        Decide(LinkEnding.Lost, "the peer closed the connection");
    }

    private async Task WriteLoopAsync()
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (await _outbox.WaitAsync(_connection.Aborted))
        {
            while (buffer.WrittenCount < WriteBytes && _outbox.TryTake(out var next))
                FrameWriter.Write(buffer, next.Type, next.Message, WireLimits.OnControlLink(next.Type));
            await _connection.WriteAsync(buffer.WrittenMemory);
            Volatile.Write(ref _lastWrite, _clock.GetTimestamp());

            // An idle link keeps no large buffer: a leader has one for each follower.
            if (buffer.Capacity > WriteBytes / 4)
                buffer = new ArrayBufferWriter<byte>();
            else
                buffer.ResetWrittenCount();
        }
    }

    private void EndReplaced()
    {
        if (_replaced is not null)
            Interlocked.Exchange(ref _replaced, null)?.Close(GoodbyeReason.Replaced);
    }

    private void PingIfDue()
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _lastWrite)) >= _heartbeat)
            TrySend(FrameType.Ping, null);
    }

    private void Record(Task first)
    {
        switch (first.Exception?.InnerException)
        {
            case PeerException { Fault: PeerFault.TimedOut } e:
                Decide(LinkEnding.Silent, e.Message);
                break;
            case PeerException { Fault: PeerFault.Violation } e:
                Decide(LinkEnding.Violation, e.Message);
                break;
            case { } e:
                Decide(LinkEnding.Lost, e.Message);
                break;
            case null when first.IsCanceled:
                Decide(LinkEnding.Stopped, "");
                break;
        }
    }

    /// <summary>The first reason stands.</summary>
    private void Decide(LinkEnding ending, string reason)
    {
        lock (_gate)
            _decided ??= (ending, reason);
    }

    private static LinkEnding EndingOf(GoodbyeReason reason, bool mine) => reason switch
    {
        GoodbyeReason.Stopping => mine ? LinkEnding.Stopped : LinkEnding.PeerStopped,
        GoodbyeReason.Leaving => mine ? LinkEnding.Stopped : LinkEnding.PeerLeft,
        GoodbyeReason.NotNeeded => LinkEnding.NotNeeded,
        GoodbyeReason.NoRoom => mine ? LinkEnding.MadeRoom : LinkEnding.NoRoom,
        GoodbyeReason.Replaced => LinkEnding.Replaced,
        GoodbyeReason.Violation => LinkEnding.Violation,
        GoodbyeReason.Revoked => LinkEnding.Revoked,
        _ => LinkEnding.Lost,
    };
}
