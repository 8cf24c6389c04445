using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Transfer;

/// <summary>
/// The sending end of a bulk link: answers the ranges that the peer asks for, in their order, packed into parcels.
/// Hashes nothing: the receiver verifies. One instance serves all links; thread-safe.
/// </summary>
internal sealed class BulkServer(IContentSource source)
{
    /// <summary>More than any window of ours; a peer that asks for more than it could take is not honest.</summary>
    private const int MaxRangesWaiting = 16 * 1024;

    /// <summary>The longest piece: two or more make a frame of the largest size, one is a write worth its system call.</summary>
    private const int PieceBytes = 512 * 1024;

    /// <summary>How long a bulk link may lie idle before it is closed.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>Serves one link until the peer closes it or breaks the rules.</summary>
    /// <exception cref="PeerException">The peer broke the rules or is gone.</exception>
    public async Task ServeAsync(Connection connection, CancellationToken stop)
    {
        var ranges = Channel.CreateBounded<WantedRange>(new BoundedChannelOptions(MaxRangesWaiting) { SingleReader = true, SingleWriter = true });
        await TaskGroup.RunAsync([_ => ReadAsync(connection, ranges.Writer), cut => SendAsync(connection, ranges.Reader, cut)], stop);
    }

    private static async Task ReadAsync(Connection connection, ChannelWriter<WantedRange> ranges)
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
                Check(range);
                if (!ranges.TryWrite(range))
                    throw PeerException.Violation($"it asked for more than {MaxRangesWaiting} ranges at once");
            }
        }
    }

    private async Task SendAsync(Connection connection, ChannelReader<WantedRange> ranges, CancellationToken stop)
    {
        using var parcel = new ParcelWriter();
        using var file = new CurrentFile(source);
        while (await ranges.WaitToReadAsync(stop))
        {
            while (ranges.TryRead(out var range))
                await AnswerAsync(connection, parcel, file, range);
            if (!parcel.IsEmpty)
                await connection.WriteAsync(parcel.Finish());
        }
    }

    private static async ValueTask AnswerAsync(Connection connection, ParcelWriter parcel, CurrentFile file, WantedRange range)
    {
        var status = file.Open(range);
        var done = 0L;
        do
        {
            // A small file stays in one piece, so that its receiver needs no state for it.
            var length = status == PieceStatus.Last ? (int)Math.Min(PieceBytes, range.Length - done) : 0;
            if (parcel.Room < length)
                await connection.WriteAsync(parcel.Finish());
            if (length > 0 && file.Read(parcel.Body(length).Span, range.Offset + done) is not PieceStatus.Last and var failure)
                (status, length) = (failure, 0);
            done += length;
            var more = status == PieceStatus.Last && done < range.Length;
            parcel.Add(range.Tag, more ? PieceStatus.More : status, length);
        }
        while (status == PieceStatus.Last && done < range.Length);
    }

    private static void Check(WantedRange range)
    {
        if (range.Owner <= 0 || range.Offset < 0 || range.Length < 0 || range.Length > range.Size - range.Offset)
            throw PeerException.Violation("it asked for a range that no file has");
        if (!FilePath.TryParse(range.Path, out _, out var reason))
            throw PeerException.Violation($"it asked for a file by a name that may not travel: {reason}");
    }

    /// <summary>The file that ranges are read from; kept open from one range to the next of the same file.</summary>
    private sealed class CurrentFile(IContentSource source) : IDisposable
    {
        private OpenedFile? _open;
        private (int Owner, string Path) _name;

        /// <summary>Has the file of a range open: Last when it is the version that is meant.</summary>
        public PieceStatus Open(WantedRange range)
        {
            if (_open is null || _name != (range.Owner, range.Path) || range.Offset == 0)
            {
                Dispose();
                _name = (range.Owner, range.Path);
                _open = source.Open(new NodeId(range.Owner), FilePath.Parse(range.Path));
            }

            if (_open is null)
                return PieceStatus.Unreadable;
            return (_open.Stamp.Size, _open.Stamp.MtimeTicks) == (range.Size, range.MtimeTicks) ? PieceStatus.Last : PieceStatus.Changed;
        }

        /// <summary>Fills a span from the file that is open; Last when all of it is there.</summary>
        public PieceStatus Read(Span<byte> into, long offset)
        {
            try
            {
                var done = 0;
                while (done < into.Length && RandomAccess.Read(_open!.Handle, into[done..], offset + done) is > 0 and var read)
                    done += read;
                return done == into.Length ? PieceStatus.Last : PieceStatus.Changed;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return PieceStatus.Unreadable; // A broken disk costs the file, not the node.
            }
        }

        public void Dispose()
        {
            _open?.Dispose();
            _open = null;
        }
    }
}
