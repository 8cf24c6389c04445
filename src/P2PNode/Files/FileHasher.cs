using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>How the reading of a file ended.</summary>
public enum HashOutcome
{
    Done,

    /// <summary>The file changed while it was read, or since it was looked at.</summary>
    Changed,

    Missing,
    Unreadable,
}

/// <param name="Outcome">Only <see cref="HashOutcome.Done"/> comes with a root.</param>
/// <param name="Root">The content at the time of the stamp that was asked for.</param>
/// <param name="Reason">Why it was unreadable.</param>
public readonly record struct HashResult(HashOutcome Outcome, ContentRoot Root = default, string? Reason = null);

/// <summary>Hashes files that may change under its hands. One instance for each thread.</summary>
internal sealed class FileHasher(BeneathFolder files)
{
    /// <summary>Large enough that the calls cost nothing beside the hashing, small enough for the processor's cache.</summary>
    private const int BufferSize = 256 * 1024;

    private readonly ContentHasher _hasher = new();

    /// <summary>Reads the whole file and makes sure that it had this stamp before and after.</summary>
    public HashResult Hash(string relative, in FileStamp stamp, CancellationToken stop)
    {
        try
        {
            using var file = files.OpenRead(relative);
            if (file.Stamp != stamp)
                return new(HashOutcome.Changed);
            var root = Read(file.Handle, stamp.Size, stop);

            // Asked by its path: another file may have been put in the place of the one that was read.
            return root is { } read && files.StampOf(relative) == stamp
                ? new(HashOutcome.Done, read)
                : new(HashOutcome.Changed);
        }
        catch (FileNotFoundException)
        {
            return new(HashOutcome.Missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(HashOutcome.Unreadable, Reason: e.Message);
        }
    }

    private ContentRoot? Read(SafeFileHandle file, long size, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(size, 1)));
        try
        {
            var offset = 0L;
            while (offset < size)
            {
                stop.ThrowIfCancellationRequested();
                var wanted = (int)Math.Min(buffer.Length, size - offset);
                var read = RandomAccess.Read(file, buffer.AsSpan(0, wanted), offset);
                if (read == 0)
                    return null;
                offset += read;
                if (offset == size && size <= ContentHasher.LeafSize)
                    return ContentHasher.Of(buffer.AsSpan(0, read));
                _hasher.Append(buffer.AsSpan(0, read));
            }

            return _hasher.Finish();
        }
        finally
        {
            _hasher.Finish();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
