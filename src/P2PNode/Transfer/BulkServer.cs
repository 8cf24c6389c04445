using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Transfer;

/// <summary>
/// The sending end of a bulk link: answers the ranges that the peer asks for, in their order, packed into parcels. Hashes
/// nothing but what piece layers need: the receiver verifies. One instance serves all links; thread-safe.
/// </summary>
internal sealed class BulkServer(IContentSource source, PieceLayers layers, RateLimit limit, TimeProvider clock, ILogger log)
{
    /// <summary>More than any window of ours; a peer that asks for more than it could take is not honest.</summary>
    private const int MaxRangesWaiting = 16 * 1024;

    /// <summary>How long a peer may say nothing over a bulk link before it is closed.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly LayerSource _layers = new(source, layers);
    private readonly Refusals _refusals = new(log);

    /// <summary>What all links are giving.</summary>
    public OutgoingFiles Outgoing { get; } = new(clock);

    /// <summary>Serves one link until the peer closes it or breaks the rules, which the log is told.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task ServeAsync(Connection connection, NodeId peer, CancellationToken stop)
    {
        var ranges = Channel.CreateBounded<AskedRange>(new BoundedChannelOptions(MaxRangesWaiting) { SingleReader = true, SingleWriter = true });
        try
        {
            await TaskGroup.RunAsync([_ => ReadAsync(connection, ranges.Writer), cut => SendAsync(connection, peer, ranges.Reader, cut)], stop);
        }
        catch (PeerException e) when (e.Fault is PeerFault.Violation)
        {
            log.BulkLinkViolated(peer, e.Message);
        }
        catch (PeerException e)
        {
            log.BulkLinkEnded(peer, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.BulkLinkFailed(peer, e); // No peer can end the node by what it asks for.
        }
    }

    private static async Task ReadAsync(Connection connection, ChannelWriter<AskedRange> ranges)
    {
        while (await connection.ReadAsync(WireLimits.ControlBytes, Idle) is { } read)
        {
            using var frame = read;
            if (frame.Type == FrameType.Ping)
                continue;
            if (frame.Type != FrameType.Want)
                throw PeerException.Violation($"a {frame.Type} frame came on a bulk link");
            foreach (var range in frame.Parse(Want.Parser).Ranges)
            {
                if (!ranges.TryWrite(AskedRange.From(range)))
                    throw PeerException.Violation($"it asked for more than {MaxRangesWaiting} ranges at once");
            }
        }
    }

    private async Task SendAsync(Connection connection, NodeId peer, ChannelReader<AskedRange> ranges, CancellationToken stop)
    {
        // A write waits for a peer as long as that is heard; when it is not, the write has to end too.
        await using var cut = stop.Register(connection.Abort);
        using var sender = new RangeSender(connection, peer, source, _layers, Outgoing, limit, _refusals, clock);
        try
        {
            while (await ranges.WaitToReadAsync(stop))
            {
                while (ranges.TryRead(out var range))
                    await sender.AnswerAsync(range, stop);
                await sender.FlushAsync(stop);
            }
        }
        finally
        {
            connection.Abort(); // Else the link would stay for as long as the peer says something.
        }
    }
}
