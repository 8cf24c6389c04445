using System.Buffers;
using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>
/// Turns what comes over one bulk link into copies that are whole and verified, though not in place yet. A small file is
/// verified in the buffer that it came in; a larger one is hashed as it is written, piece by piece if it is large. Not
/// thread-safe.
/// </summary>
internal sealed class Receiver(FetchLane lane, Download download, CopyStore store) : IDisposable
{
    /// <summary>One bad block may be a file that was changed just then; a holder that sends more is not to be trusted.</summary>
    private const int MostBadBlocks = 2;

    /// <summary>A file of several parts, as far as it has come.</summary>
    private readonly Dictionary<FetchItem, IncomingCopy> _partly = [];

    /// <summary>The piece layers that have come in part.</summary>
    private readonly Dictionary<FetchItem, byte[]> _layers = [];
    private readonly ContentHasher _hasher = new();
    private byte[]? _second;
    private FetchRange? _range;
    private int _done;
    private int _badBlocks;

    /// <summary>Takes all pieces of a parcel.</summary>
    /// <exception cref="PeerException">The holder sent what was not asked for, or what is not of its file.</exception>
    public void Take(Frame parcel)
    {
        var pieces = new ParcelReader(parcel.Payload.Span);
        while (pieces.TryTake(out var tag, out var status, out var length, out var bytes))
            Take(RangeOf(tag), status, length, bytes);
    }

    /// <summary>The link is gone: what came in part of a small file is given up, of a large one what is verified stays.</summary>
    public void Dispose()
    {
        foreach (var copy in _partly.Values)
            copy.Dispose();
        _partly.Clear();
        if (_second is not null)
            ArrayPool<byte>.Shared.Return(_second);
        _second = null;
    }

    private FetchRange RangeOf(uint tag)
    {
        if (_range is { } current)
            return current.Tag == tag ? current : throw PeerException.Violation($"it answers range {tag} inside range {current.Tag}");
        _range = download.Find(lane, tag) ?? throw PeerException.Violation($"it answers a range {tag} that was not asked for");
        _done = 0;
        _hasher.Finish();
        return _range;
    }

    private void Take(FetchRange range, PieceStatus status, int length, ReadOnlySpan<byte> bytes)
    {
        var isLast = status is PieceStatus.Last or PieceStatus.LastZeros;
        var isRefusal = status is PieceStatus.Changed or PieceStatus.Unreadable;
        if (isRefusal ? length > 0 : length > range.Length - _done || (isLast && length < range.Length - _done))
            throw PeerException.Violation($"it sends other than the {range.Length} bytes that were asked for");

        if (isRefusal)
        {
            Drop(range.Item);
            download.Lacks(lane, range.Item, status is PieceStatus.Changed ? "it changed while it was read" : $"node {lane.Holder} has no copy of it that can be read");
        }
        else if (download.Came(lane, range.Item, length))
        {
            TakeWanted(range, length, bytes);
        }
        else
        {
            Drop(range.Item);
        }

        _done += length;
        if (!isLast && !isRefusal)
            return;
        download.Answered(lane, range);
        _range = null;
    }

    private void TakeWanted(FetchRange range, int length, ReadOnlySpan<byte> bytes)
    {
        try
        {
            switch (range.Kind)
            {
                case RangeKind.Stream when range.IsFirst && range.IsLast && bytes.Length == range.Length:
                    download.Whole(range.Item, store.WriteSmall(download.Owner, range.Item.Entry, bytes));
                    break;
                case RangeKind.Stream:
                    TakeStream(range, length, bytes);
                    break;
                case RangeKind.Layer:
                    TakeLayer(range, length, bytes);
                    break;
                default:
                    TakePieces(range, length, bytes);
                    break;
            }
        }
        catch (CopyException e) when (e.Fault is CopyFault.WrongContent)
        {
            Drop(range.Item);
            Disbelieve(range.Item, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Drop(range.Item);
            download.Fail(range.Item, CopyException.From(e).Message);
        }
    }

    /// <summary>The parts of a file come in order, as its ranges are asked for in order over one link.</summary>
    private void TakeStream(FetchRange range, int length, ReadOnlySpan<byte> bytes)
    {
        if (!_partly.TryGetValue(range.Item, out var copy))
            _partly.Add(range.Item, copy = store.Receive(download.Owner, range.Item.Entry));
        if (bytes.Length == length)
            copy.Append(bytes);
        else
            copy.AppendZeros(length);
        if (!range.IsLast || _done + length < range.Length)
            return;
        copy.Finish();
        _partly.Remove(range.Item);
        download.Whole(range.Item, copy);
    }

    private void TakeLayer(FetchRange range, int length, ReadOnlySpan<byte> bytes)
    {
        if (!_layers.TryGetValue(range.Item, out var layer))
        {
            // What there is no room for must not cost memory either.
            if (!store.HasRoomFor(download.Owner, range.Item.Entry))
                throw CopyException.DiskFull();
            layer = new byte[PieceLayer.BytesOf(range.Item.Entry.Size)];
            _layers.Add(range.Item, layer);
        }

        bytes.CopyTo(layer.AsSpan((int)range.Offset + _done));
        if (!range.IsLast || _done + length < range.Length)
            return;
        _layers.Remove(range.Item);
        if (PieceLayer.Root(layer, range.Item.Entry.Size) != range.Item.Entry.Root)
            throw CopyException.WrongContent();
        download.LayerCame(range.Item, new LargeFile(store.ReceivePieces(download.Owner, range.Item.Entry), layer));
    }

    private void TakePieces(FetchRange range, int length, ReadOnlySpan<byte> bytes)
    {
        if (download.FileOf(range.Item) is not { } file)
            return;
        for (var at = range.Offset + _done; length > 0;)
        {
            var piece = (int)(at / PieceLayer.PieceSize);
            var begin = (long)piece * PieceLayer.PieceSize;
            var end = Math.Min(begin + PieceLayer.PieceSize, range.Item.Entry.Size);
            var part = (int)Math.Min(length, end - at);
            if (range.IsSecond)
                Keep((int)(at - begin), part, bytes);
            else
                Write(file, piece, at, part, bytes);
            at += part;
            length -= part;
            bytes = bytes.IsEmpty ? bytes : bytes[part..];
            if (at == end)
                EndPiece(range, file, piece, (int)(end - begin));
        }
    }

    private void Write(LargeFile file, int piece, long at, int length, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            file.WriteZeros(piece, at, length);
            _hasher.AppendZeros(length);
            return;
        }

        file.Write(piece, at, bytes[..length]);
        _hasher.Append(bytes[..length]);
    }

    /// <summary>A piece that another holder sends as well is put in place in one go.</summary>
    private void Keep(int at, int length, ReadOnlySpan<byte> bytes)
    {
        _second ??= ArrayPool<byte>.Shared.Rent(PieceLayer.PieceSize);
        if (bytes.IsEmpty)
            _second.AsSpan(at, length).Clear();
        else
            bytes[..length].CopyTo(_second.AsSpan(at));
    }

    private void EndPiece(FetchRange range, LargeFile file, int piece, int length)
    {
        if (range.IsSecond ? file.Put(piece, _second.AsSpan(0, length)) : file.Verify(piece, _hasher.Finish(), length))
            download.PieceCame(range.Item, piece);
        else
            CountBadBlock($"{range.Item.Entry.Path}, piece {piece}");
    }

    /// <summary>What came of a file is not of it; another holder is asked.</summary>
    private void Disbelieve(FetchItem item, string reason)
    {
        download.Lacks(lane, item, reason);
        CountBadBlock(item.Entry.Path.Value);
    }

    private void CountBadBlock(string where)
    {
        if (++_badBlocks < MostBadBlocks)
            return;
        if (_range is { } range)
            download.Lacks(lane, range.Item, "what came is not what its owner lists");
        throw PeerException.Violation($"it sent {_badBlocks} blocks that are not of their files, the last of {where}");
    }

    private void Drop(FetchItem item)
    {
        _layers.Remove(item);
        if (_partly.Remove(item, out var copy))
            copy.Dispose();
    }
}
