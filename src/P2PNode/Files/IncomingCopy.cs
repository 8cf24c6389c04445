using Microsoft.Win32.SafeHandles;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// A copy that is being received, under a temporary name. It comes to its place by <see cref="CopyStore.CommitAsync"/>, or
/// vanishes when disposed.
/// </summary>
public sealed class IncomingCopy : IDisposable
{
    /// <summary>From this size on the room is taken beforehand, which keeps a file in one piece on the disk.</summary>
    private const long PreallocateFrom = 1 << 20;

    private const UnixFileMode OwnerRuns = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly SafeFileHandle _file;
    private ContentHasher? _hasher;
    private bool _isPlaced;

    /// <exception cref="CopyException">The disk is full or failed.</exception>
    internal IncomingCopy(NodeId owner, FileEntry entry, string temporary)
    {
        (Owner, Entry, Temporary) = (owner, entry, temporary);
        try
        {
            // CreateNew, as Create truncates after opening, and ext4 then waits for the disk when the file is closed.
            _file = File.OpenHandle(
                temporary,
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.Read,
                preallocationSize: entry.Size >= PreallocateFrom ? entry.Size : 0);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    public NodeId Owner { get; }

    public FileEntry Entry { get; }

    /// <summary>Whether the content is known to be the one that the entry promises.</summary>
    public bool IsVerified { get; private set; }

    internal string Temporary { get; }

    /// <summary>The stamp of the sealed file.</summary>
    internal FileStamp Stamp { get; private set; }

    /// <summary>Adds bytes at the end of those added so far, and hashes them on the way.</summary>
    /// <exception cref="CopyException">The disk is full or failed, or more bytes came than the entry has.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _hasher ??= new ContentHasher();
        Write(_hasher.Length, bytes);
        _hasher.Append(bytes);
    }

    /// <summary>Writes bytes that the caller checks by itself, in any order and from any thread.</summary>
    /// <inheritdoc cref="Append" path="/exception"/>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Entry.Size - offset)
            throw CopyException.WrongContent();
        try
        {
            RandomAccess.Write(_file, bytes, offset);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    /// <summary>Says that all bytes came; those that were appended are compared with the entry.</summary>
    /// <param name="piecesVerified">Whether the caller has checked every piece against the root by itself.</param>
    /// <exception cref="CopyException">The content is another than the entry promises.</exception>
    public void Finish(bool piecesVerified = false)
    {
        var complete = piecesVerified
            || (_hasher?.Length ?? 0) == Entry.Size && (_hasher?.Finish() ?? default) == Entry.Root;
        if (!complete)
            throw CopyException.WrongContent();
        (IsVerified, _hasher) = (true, null);
    }

    /// <summary>Gives the file its mode and time, and closes it.</summary>
    /// <param name="sync">Whether it must be on the disk when this returns.</param>
    internal void Seal(bool sync)
    {
        if (_file.IsClosed)
        {
            if (sync)
                Durable.SyncFile(Temporary);
            return;
        }

        if (Entry.Executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(_file, OwnerRuns);
        File.SetLastWriteTimeUtc(_file, new DateTime(Entry.MtimeTicks, DateTimeKind.Utc));
        if (sync)
            RandomAccess.FlushToDisk(_file);
        Stamp = FileStatus.Of(_file).Stamp;
        _file.Dispose();
    }

    /// <summary>Notes that the file left its temporary name.</summary>
    internal void Placed() => _isPlaced = true;

    public void Dispose()
    {
        _file.Dispose();
        try
        {
            if (!_isPlaced)
                File.Delete(Temporary);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            // The folder of temporary files is emptied at the next start.
        }
    }
}
