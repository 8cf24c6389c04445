using System.Buffers;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>How a file that lies here under another name becomes a copy without being fetched.</summary>
public sealed partial class CopyStore
{
    private const int DuplicateBufferSize = 1 << 20;

    /// <summary>Whether a content lies here, be it in the trash, so that <see cref="Duplicate"/> is worth a try.</summary>
    internal bool HasContent(FileEntry entry) =>
        entry.Size > 0 && (_ledger.FindContent(entry.Root) is not null || _trashed.Find(entry.Root) is not null);

    /// <summary>
    /// Makes a copy of another copy with the same content, or of one that went to the trash lately. It is hashed on the
    /// way: what a disk gives back is not believed.
    /// </summary>
    /// <returns>Null where there is none after all: the file has to be fetched.</returns>
    /// <exception cref="CopyException">There is no room for it, or the disk failed.</exception>
    internal IncomingCopy? Duplicate(NodeId owner, FileEntry entry, CancellationToken stop)
    {
        var live = _ledger.FindContent(entry.Root);
        using var source = OpenContent(entry, live?.Owner, live?.Copy.Entry.Path) ?? OpenTrashed(entry);
        if (source is null || source.Stamp.Size != entry.Size)
            return null;
        var copy = Receive(owner, entry);
        try
        {
            if (IsFilled(copy, source, stop))
                return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        copy.Dispose();
        return null;
    }

    private OpenedFile? OpenContent(FileEntry entry, NodeId? owner, FilePath? path)
    {
        try
        {
            return owner is { } node && path is not null ? OpenCopy(node, path) : null;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.CannotLookAt(entry.Path, e);
            return null;
        }
    }

    private OpenedFile? OpenTrashed(FileEntry entry)
    {
        try
        {
            return _trashed.Find(entry.Root) is { } place
                ? _folder.Files.OpenRead(place)
                : null;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return null; // Most often the trash was emptied.
        }
    }

    /// <summary>Whether the source could be read and has the content.</summary>
    private static bool IsFilled(IncomingCopy copy, OpenedFile source, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(DuplicateBufferSize, copy.Entry.Size));
        try
        {
            for (var offset = 0L; offset < copy.Entry.Size;)
            {
                stop.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(source.Handle, buffer, offset);
                if (read == 0)
                    return false;
                Append(copy, buffer.AsSpan(0, read));
                offset += read;
            }

            copy.Finish();
            copy.Seal(sync: false);
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e) && e is not CopyException { Fault: not CopyFault.WrongContent })
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Append(IncomingCopy copy, ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExcept((byte)0))
            copy.Append(bytes);
        else
            copy.AppendZeros(bytes.Length);
    }
}
