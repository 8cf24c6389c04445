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
    private const UnixFileMode OwnerRuns = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>From this size on what was written is sent to the disk early, so that the sync in the end is short.</summary>
    private const long WriteBackFrom = 64 << 20;
    private const long WriteBackBytes = 8 << 20;

    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly BeneathFolder _files;
    private readonly SafeFileHandle _file;
    private readonly bool _isPartial;
    private readonly bool _isPreallocated;
    private Action<string>? _onEnd;
    private ContentHasher? _hasher;
    private long _unsent;
    private bool _hasHoles;
    private bool _isGone;

    /// <param name="owner">Whose file it is.</param>
    /// <param name="entry">What it is to be.</param>
    /// <param name="files">The node's folder.</param>
    /// <param name="temporary">Where it lies in there until it is whole.</param>
    /// <param name="preallocates">Whether its room is taken beforehand.</param>
    /// <param name="onEnd">
    /// Given where it outlives this attempt, so that what an earlier one left there is used again: told once nothing is
    /// written there any more.
    /// </param>
    /// <exception cref="CopyException">The disk is full or failed.</exception>
    internal IncomingCopy(NodeId owner, FileEntry entry, BeneathFolder files, string temporary, bool preallocates, Action<string>? onEnd = null)
    {
        (Owner, Entry, Temporary, _isPreallocated, _isPartial, _onEnd) = (owner, entry, temporary, preallocates, onEnd is not null, onEnd);
        _files = files;
        try
        {
            var earlier = _isPartial ? files.OpenAlone(temporary) : null;
            IsResumed = earlier is not null;
            _file = earlier ?? files.Create(temporary, preallocates ? entry.Size : 0);
            if (_isPartial)
                files.LockAlone(temporary, _file);

            // Room beyond the end of a file is not given up again where zeros come.
            if (preallocates)
                RandomAccess.SetLength(_file, entry.Size);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _file?.Dispose();
            End();
            throw CopyException.From(e);
        }
    }

    /// <summary>Whether an earlier attempt left something that may be of use.</summary>
    public bool IsResumed { get; }

    public NodeId Owner { get; }

    public FileEntry Entry { get; }

    /// <summary>Whether the content is known to be the one that the entry promises.</summary>
    public bool IsVerified { get; private set; }

    internal string Temporary { get; }

    /// <summary>How often the file system had failed to sync when this copy was begun.</summary>
    internal int FailedSyncs { get; init; }

    /// <summary>The stamp of the sealed file; once it is in place, of the file there.</summary>
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
            if (Entry.Size >= WriteBackFrom && Interlocked.Add(ref _unsent, bytes.Length) >= WriteBackBytes)
            {
                Interlocked.Exchange(ref _unsent, 0);
                Durable.StartWriteBack(_file);
            }
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    /// <summary>Adds zeros at the end of what was added so far; they take no room on the disk where it can do so.</summary>
    /// <inheritdoc cref="Append" path="/exception"/>
    public void AppendZeros(int length)
    {
        _hasher ??= new ContentHasher();
        WriteZeros(_hasher.Length, length);
        _hasher.AppendZeros(length);
    }

    /// <summary>Writes zeros that the caller checks by itself, in any order and from any thread.</summary>
    /// <inheritdoc cref="Append" path="/exception"/>
    public void WriteZeros(long offset, long length)
    {
        if (length > Entry.Size - offset)
            throw CopyException.WrongContent();
        Volatile.Write(ref _hasHoles, true);
        if ((!IsResumed && !_isPreallocated) || Durable.TryPunchHole(_file, offset, length))
            return;
        for (; length > 0; offset += Zeros.Length, length -= Zeros.Length)
            Write(offset, Zeros.AsSpan(0, (int)Math.Min(length, Zeros.Length)));
    }

    /// <summary>Reads back what was written, or what an earlier attempt left; returns how much of it there is.</summary>
    internal int Read(long offset, Span<byte> into)
    {
        var done = 0;
        while (done < into.Length && RandomAccess.Read(_file, into[done..], offset + done) is > 0 and var read)
            done += read;
        return done;
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
                _files.SyncFile(Temporary);
            return;
        }

        if ((_isPartial || _hasHoles) && RandomAccess.GetLength(_file) != Entry.Size)
            RandomAccess.SetLength(_file, Entry.Size);
        if (Entry.Executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(_file, OwnerRuns);
        File.SetLastWriteTimeUtc(_file, new DateTime(Entry.MtimeTicks, DateTimeKind.Utc));
        if (sync)
            RandomAccess.FlushToDisk(_file);
        Stamp = FileStatus.Of(_file).Stamp;

        // A newer version goes on in the same partial file: not before this one has left it. Windows renames no open file.
        if (!_isPartial || OperatingSystem.IsWindows())
            _file.Dispose();
    }

    /// <summary>Notes that the file left its temporary name.</summary>
    internal void Placed()
    {
        _isGone = true;
        _file.Dispose();
        End();
    }

    /// <summary>Notes when the file was changed last: to rename it is a change.</summary>
    internal void NoteCtime(long ticks) => Stamp = Stamp with { CtimeTicks = ticks };

    /// <summary>Gives up what came, also for later attempts.</summary>
    internal void Discard()
    {
        _file.Dispose();
        Delete();
        End();
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isPartial)
            Delete();
        End();
    }

    private void End()
    {
        try
        {
            Interlocked.Exchange(ref _onEnd, null)?.Invoke(Temporary);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            // What is left there is cleared by a start a week later.
        }
    }

    private void Delete()
    {
        try
        {
            if (!_isGone)
                _files.Delete(Temporary);
            _isGone = true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            // What is left there is cleared at a later start.
        }
    }
}
