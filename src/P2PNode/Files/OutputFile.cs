using System.Buffers;
using Microsoft.Win32.SafeHandles;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// Writes a file to a place that a person named, whole or not at all: under a temporary name beside it, then synced and
/// renamed. What is there is replaced only by force, and only a file or a link. The person's folder may be reached by links; below it none is passed,
/// as the names there are those of other nodes.
/// </summary>
internal static class OutputFile
{
    private const int BufferSize = 1 << 20;

    private const UnixFileMode Runs = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Why nothing may be written there; null where something may.</summary>
    public static string? Objection(OutputPlace place, bool force)
    {
        if (Directory.Exists(place.Path))
            return $"{place.Path} is a folder";
        return FileStatus.Of(place.Path).Kind switch
        {
            FileKind.Special => IsSpecial(place),
            FileKind.Missing => null,
            _ => force ? null : Exists(place),
        };
    }

    /// <summary>Copies a file there, and makes sure on the way that it has the content that its entry promises.</summary>
    /// <param name="place">Where to.</param>
    /// <param name="source">What is to be copied.</param>
    /// <param name="entry">What it is to be.</param>
    /// <param name="force">Whether to replace what is there.</param>
    /// <param name="unfinished">Remembers the temporary file until it is gone, should this process end before.</param>
    /// <param name="stop">Ends it; nothing is left then.</param>
    /// <exception cref="CopyException">The file is not in its place, and why.</exception>
    public static void Write(OutputPlace place, OpenedFile source, FileEntry entry, bool force, UnfinishedOutputs unfinished, CancellationToken stop)
    {
        var parent = BeneathFolder.ParentOf(place.Name);
        var name = UnfinishedOutputs.NewName();
        var temporary = parent.Length == 0 ? name : $"{parent}/{name}";
        try
        {
            using var noted = unfinished.Note(Path.Join(place.Folder, temporary));
            Directory.CreateDirectory(place.Folder);
            using var folder = new BeneathFolder(place.Folder);
            folder.MakeFolders(parent);
            try
            {
                using (var file = folder.Create(temporary, entry.Size))
                    Fill(file, source.Handle, entry, stop);
                if (force)
                    Replace(folder, temporary, place);
                else if (!folder.TryRenameNew(temporary, place.Name))
                    throw new IOException(Exists(place));
                folder.SyncFolder(parent);
            }
            finally
            {
                Clear(folder, temporary);
            }
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            var failure = CopyException.From(e);
            throw new CopyException(failure.Fault, failure.Message.Replace(Path.Join(place.Folder, temporary), place.Path, StringComparison.Ordinal), e);
        }
    }

    /// <summary>Renaming would replace a device as well: what has come into the way meanwhile is looked at once more.</summary>
    private static void Replace(BeneathFolder folder, string temporary, OutputPlace place)
    {
        if (folder.StatusOf(place.Name).Kind is FileKind.Special)
            throw new IOException(IsSpecial(place));
        folder.Rename(temporary, place.Name);
    }

    private static string IsSpecial(OutputPlace place) => $"{place.Path} is a device, a named pipe or a socket, which is not replaced";

    private static string Exists(OutputPlace place) => $"{place.Path} exists already; --force replaces it";

    /// <summary>Deletes what is left of an attempt; that it cannot be is not to hide why the attempt failed.</summary>
    private static void Clear(BeneathFolder folder, string temporary)
    {
        try
        {
            folder.Delete(temporary);
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
}

/// <summary>A place outside of where a node keeps copies.</summary>
/// <param name="Folder">The one that a person named, absolute.</param>
/// <param name="Name">What is to be in it, '/' separated.</param>
internal sealed record OutputPlace(string Folder, string Name)
{
    /// <summary>The place of a file that a person named.</summary>
    public static OutputPlace Of(string file) => new(System.IO.Path.GetDirectoryName(file)!, System.IO.Path.GetFileName(file));

    public string Path { get; } = System.IO.Path.Join(Folder, Name);
}
