using System.Threading.Channels;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>This node's registration with one seed, over one connection that renews it.</summary>
/// <param name="connection">To the seed, which has proven to be one; owned by who made it.</param>
/// <param name="instance">This process.</param>
/// <param name="own">This node's row; its incarnation is durable.</param>
/// <param name="revocations">The deny list, which both sides tell each other.</param>
/// <param name="onList">Told of members; maybe only of some.</param>
/// <param name="onRegistered">Called with each receipt.</param>
/// <param name="onOutdated">Told that a life of this node with such an incarnation is over for the seed.</param>
/// <param name="onDuplicate">Told of another process with this node's ID.</param>
/// <param name="renewEvery">How often the registration is renewed.</param>
/// <param name="clock">Times the renewals.</param>
internal sealed class SeedLink(
    Connection connection, ulong instance, Func<Member> own, Revocations revocations, Action<IReadOnlyCollection<Member>> onList, Action onRegistered, Action<long> onOutdated, Action<Duplicate> onDuplicate, TimeSpan renewEvery, TimeProvider clock)
{
    /// <summary>A seed has so long to answer, be it at first or to a renewal.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(300);

    /// <summary>A list as short as this is asked for with every renewal, a longer one with every tenth.</summary>
    private const int ShortList = 256;

    private const int LongListEvery = 10;
    private const int MostReports = 4096;

    /// <summary>What is to be told between two renewals; null to register anew.</summary>
    private readonly Channel<Word?> _due = Channel.CreateBounded<Word?>(new BoundedChannelOptions(MostReports) { FullMode = BoundedChannelFullMode.DropOldest });

    private int _listed;

    /// <summary>Has the seed look whether a member is dead.</summary>
    /// <param name="id">The member.</param>
    /// <param name="incarnation">In which of its lives.</param>
    /// <param name="isHearsay">Whether this node was only told.</param>
    public void Report(NodeId id, long incarnation, bool isHearsay = false) =>
        _due.Writer.TryWrite(new Word(FrameType.SeedReport, new SeedReport { Id = id.Value, Incarnation = incarnation, Hearsay = isHearsay }));

    /// <summary>Why there is nothing to be had from a seed, as it was revoked; null where it was not.</summary>
    public static PeerException? Objection(Connection connection, DenyList list) => connection.Proven is { } seed && list.Revokes(seed, connection.IssuedAt)
        ? new PeerException(PeerFault.Revoked, $"seed {seed} was revoked")
        : null;

    /// <summary>Registers, and renews that until stopped; says goodbye then.</summary>
    /// <exception cref="PeerException">The seed refused, fell silent, broke the rules or is gone.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        revocations.Changed += Tell;
        try
        {
            await RegisterUntilAsync(ended, stop);
        }
        finally
        {
            revocations.Changed -= Tell;
        }
    }

    private async Task RegisterUntilAsync(CancellationTokenSource ended, CancellationToken stop)
    {
        var reading = ReadAsync();
        var writing = WriteAsync(ended.Token);
        var first = await Task.WhenAny(reading, writing);
        await ended.CancelAsync();
        if (stop.IsCancellationRequested)
            await SayGoodbyeAsync(writing);
        connection.Abort();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        await first;
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        for (var round = 0; ; round++)
        {
            await RegisterAsync(wantsList: Volatile.Read(ref _listed) <= ShortList || round % LongListEvery == 0);
            if (round == 0 && revocations.List is { Number: > 0 } list)
                Tell(list);
            var renewed = clock.GetTimestamp();
            while (await ReportUntilAsync(renewed, stop))
                await RegisterAsync(wantsList: false); // Others give cause for this, as often as they like; a seed cuts who asks for lists as often.
        }
    }

    private ValueTask RegisterAsync(bool wantsList) =>
        connection.WriteAsync(FrameType.SeedRegister, SeedMapping.Register(own(), instance, wantsList), WireLimits.HelloBytes);

    private void Tell(DenyList list) => _due.Writer.TryWrite(new Word(FrameType.Revoked, new Revoked { DenyList = list.Text }));

    /// <summary>Tells who died and who was revoked, until it is time to renew: false; or there is cause to register before that.</summary>
    /// <exception cref="PeerException">The seed is gone, or itself was revoked: it has heard so.</exception>
    private async Task<bool> ReportUntilAsync(long renewed, CancellationToken stop)
    {
        while (renewEvery - clock.GetElapsedTime(renewed) is var left && left > TimeSpan.Zero)
        {
            using var timer = new CancellationTokenSource(left, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
            try
            {
                if (await _due.Reader.ReadAsync(either.Token) is not { } word)
                    return true;
                await connection.WriteAsync(word.Type, word.Message, WireLimits.ControlBytes);
                if (word.Type is FrameType.Revoked && Objection(connection, revocations.List) is { } objection)
                    throw objection;
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                return false;
            }
        }

        return false;
    }

    private async Task ReadAsync()
    {
        var listed = new List<Member>();
        for (var patience = Patience; ; patience = renewEvery + Patience)
        {
            using var frame = await connection.ReadAsync(WireLimits.ControlBytes, patience)
                ?? throw new PeerException(PeerFault.Lost, "it hung up");
            switch (frame.Type)
            {
                case FrameType.SeedList:
                    Take(frame.Parse(SeedList.Parser), listed);
                    break;
                case FrameType.Revoked:
                    revocations.TryTake(frame.Parse(Revoked.Parser).DenyList);
                    break;
                case FrameType.Duplicate:
                    onDuplicate(frame.Parse(Duplicate.Parser));
                    _due.Writer.TryWrite(null); // A sign of life: otherwise the other process takes this one's place.
                    break;
                case FrameType.Refuse:
                    var refuse = frame.Parse(Refuse.Parser);
                    revocations.TryTake(refuse.DenyList);
                    throw new PeerException(refuse.Reason is RefuseReason.DuplicateId ? PeerFault.DuplicateId : PeerFault.Rejected, PeerText.Printable(refuse.Text, PeerText.SentenceLength));
                default:
                    throw PeerException.Violation($"a {frame.Type} frame came from a seed");
            }
        }
    }

    private void Take(SeedList page, List<Member> listed)
    {
        listed.AddRange(page.Members.Select(member => SeedMapping.Read(member, connection.Teller)));
        if (listed.Count > NodeId.MostInNetwork)
            throw PeerException.Violation($"it lists more than {NodeId.MostInNetwork} members");
        if (!page.Last)
            return;
        if (listed.Count > 0)
        {
            Volatile.Write(ref _listed, listed.Count);
            onList([.. listed]);
            listed.Clear();
        }

        if (page.DeadIncarnation > 0)
        {
            onOutdated(page.DeadIncarnation);
            _due.Writer.TryWrite(null);
        }
        else
        {
            onRegistered();
        }
    }

    private async Task SayGoodbyeAsync(Task writing)
    {
        try
        {
            await writing.WaitAsync(GoodbyeTime, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (writing.IsCompleted)
                await connection.WriteAsync(Goodbye(), GoodbyeTime);
        }
        catch (Exception e) when (e is PeerException or OperationCanceledException)
        {
            // It learns from others, or when the registration lapses.
        }
    }

    private sealed record Word(FrameType Type, IMessage Message);

    private static ReadOnlyMemory<byte> Goodbye()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        FrameWriter.Write(buffer, FrameType.Goodbye, new Goodbye { Reason = GoodbyeReason.Stopping }, WireLimits.ControlBytes);
        return buffer.WrittenMemory;
    }
}
