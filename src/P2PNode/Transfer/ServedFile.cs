using Microsoft.Win32.SafeHandles;
using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>The file that ranges are read from; it stays open from one range to the next. Not thread-safe.</summary>
internal sealed class ServedFile(IContentSource source) : IDisposable
{
    private OpenedFile? _open;
    private NodeId? _owner;
    private FilePath? _path;
    private SparseFile? _sparse;

    /// <summary>The file that is open, after <see cref="Open"/> said Last.</summary>
    public SafeFileHandle Handle => _open!.Handle;

    /// <summary>Its stamp when it was opened.</summary>
    public FileStamp Stamp => _open!.Stamp;

    /// <summary>Why the last answer was another than Last.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Has the file of a range open: Last when it is the version that is meant.</summary>
    public PieceStatus Open(in AskedRange range)
    {
        if (_open is not null && _owner == range.Owner && range.Path.Equals(_path) && range.Offset > 0 && IsMeant(range))
            return PieceStatus.Last;
        Dispose();
        (_owner, _path) = (range.Owner, range.Path);
        try
        {
            _open = source.Open(range.Owner, range.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(PieceStatus.Unreadable, e.Message);
        }

        if (_open is null)
            return Fail(PieceStatus.Unreadable, "this node has no such file");
        if (!IsMeant(range))
            return Fail(PieceStatus.Changed, "another version was asked for");
        if (range.Size >= ZeroRun.Unit)
            _sparse = SparseFile.Of(_open.Handle, range.Size);
        if (range.Size >= PieceLayer.LargeFrom)
            SparseFile.ReadAhead(_open.Handle);
        return PieceStatus.Last;
    }

    /// <summary>How many bytes from an offset on are zero for sure, though they were not read.</summary>
    public long HoleAt(long offset, long end)
    {
        var hole = _sparse?.HoleAt(offset, end) ?? 0;
        return offset + hole == end ? hole : Math.Max(0, ZeroRun.AlignDown(offset + hole) - offset);
    }

    /// <summary>Up to where it is read after <see cref="HoleAt"/> told of no hole.</summary>
    public long DataEnd(long end) => _sparse is null ? end : Math.Min(ZeroRun.AlignUp(_sparse.DataEnd), end);

    /// <summary>Fills a span from the file that is open; Last when all of it is there.</summary>
    public PieceStatus Read(Span<byte> into, long offset)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var read = RandomAccess.Read(_open!.Handle, into, offset);
                if (read == 0)
                    return Fail(PieceStatus.Changed, "it became shorter while it was read");
                into = into[read..];
                offset += read;
            }

            return PieceStatus.Last;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(PieceStatus.Unreadable, e.Message); // A broken disk costs the file, not the node.
        }
    }

    /// <summary>Last when what was read is the version that was opened, and at its end also what has the name still.</summary>
    public PieceStatus Check(in AskedRange range)
    {
        try
        {
            var stamp = range.End == range.Size
                ? source.StampOf(range.Owner, range.Path)
                : FileStatus.Of(_open!.Handle).Stamp;
            return stamp == _open!.Stamp ? PieceStatus.Last : Fail(PieceStatus.Changed, "it changed while it was read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(PieceStatus.Unreadable, e.Message);
        }
    }

    public void Dispose()
    {
        _open?.Dispose();
        (_open, _sparse) = (null, null);
    }

    private bool IsMeant(in AskedRange range) => (_open!.Stamp.Size, _open.Stamp.MtimeTicks) == (range.Size, range.MtimeTicks);

    /// <summary>The file is looked for anew by the next range, whatever its offset.</summary>
    private PieceStatus Fail(PieceStatus status, string reason)
    {
        Dispose();
        Reason = reason;
        return status;
    }
}
