using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// Writes a file to a place that a person named, whole or not at all: under a temporary name beside it, then synced and
/// renamed. What is there is replaced only by force.
/// </summary>
internal static class OutputFile
{
    private const int BufferSize = 1 << 20;

    private const UnixFileMode Runs = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Why nothing may be written there; null where something may.</summary>
    public static string? Objection(string target, bool force)
    {
        if (Directory.Exists(target))
            return $"{target} is a folder";
        return !force && FileStatus.Of(target).Kind is not FileKind.Missing ? $"{target} exists already; --force replaces it" : null;
    }

    /// <summary>Copies a file there, and makes sure on the way that it has the content that its entry promises.</summary>
    /// <exception cref="CopyException">The file is not in its place, and why.</exception>
    public static void Write(string target, OpenedFile source, FileEntry entry, bool force, CancellationToken stop)
    {
        var folder = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(folder, $".p2pnode-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.part");
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: entry.Size))
                Fill(file, source.Handle, entry, stop);
            Publish(temporary, target, force);
            Durable.SyncFolder(folder);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            var failure = CopyException.From(e);
            throw new CopyException(failure.Fault, failure.Message.Replace(temporary, target, StringComparison.Ordinal), e);
        }
        finally
        {
            Clear(temporary);
        }
    }

    /// <summary>Deletes what is left of an attempt; that it cannot be is not to hide why the attempt failed.</summary>
    private static void Clear(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            // Most often there is not even the folder.
        }
    }

    private static void Fill(SafeFileHandle file, SafeFileHandle source, FileEntry entry, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var hasher = new ContentHasher();
            var offset = 0L;
            while (RandomAccess.Read(source, buffer, offset) is > 0 and var read)
            {
                stop.ThrowIfCancellationRequested();
                hasher.Append(buffer.AsSpan(0, read));
                RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
                offset += read;
            }

            if (offset != entry.Size || hasher.Finish() != entry.Root)
                throw CopyException.WrongContent();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (entry.Executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | Runs);
        File.SetLastWriteTimeUtc(file, new DateTime(entry.MtimeTicks, DateTimeKind.Utc));
        RandomAccess.FlushToDisk(file);
    }

    private static void Publish(string temporary, string target, bool force)
    {
        if (!force && OperatingSystem.IsLinux() && Libc.RenameNew(temporary, target) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.Exists)
                throw new IOException($"{target} exists already; --force replaces it");
            if (error is not (Libc.InvalidArgument or Libc.NotImplemented))
                throw Libc.Failure(target);
            File.Move(temporary, target, overwrite: false); // A file system without the exclusive rename.
        }
        else if (force || !OperatingSystem.IsLinux())
        {
            File.Move(temporary, target, overwrite: force);
        }
    }
}
