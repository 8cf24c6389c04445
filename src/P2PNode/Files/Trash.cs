using System.Globalization;
using Serilog;

namespace P2PNode.Files;

/// <summary>How long and how much the trash keeps.</summary>
public sealed record TrashLimits
{
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Beyond so many bytes the oldest goes first.</summary>
    public long MostBytes { get; init; } = 20L << 30;
}

/// <summary>
/// Where files go that must leave their place. What is moved together lies together, in
/// <c>.p2pnode/trash/20260131-120000-1/</c>, under the path that it had in the node's folder. This is the only part of the
/// program that deletes for good, and only below that folder.
/// </summary>
public sealed class Trash(NodeFolder folder, TimeProvider clock, TrashLimits limits, ILogger log)
{
    private const string StampFormat = "yyyyMMdd-HHmmss";

    private static readonly TimeSpan DropEvery = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private int _number;

    /// <summary>Drops what is too old or too much, now and every day until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(DropEvery, clock);
        do
            Drop();
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>Moves a file, or a folder with all in it, out of the way.</summary>
    /// <param name="path">Relative to the node's folder, '/' separated.</param>
    /// <param name="batch">Null at first; what is taken with the same batch lies together.</param>
    /// <returns>Where it lies now, relative to the node's folder.</returns>
    /// <exception cref="IOException">It could not be moved, and is where it was.</exception>
    internal string Take(string path, ref string? batch)
    {
        if (batch is null || folder.Files.StatusOf($"{batch}/{path}").Kind is not FileKind.Missing)
            batch = NewBatch();
        var target = $"{batch}/{path}";
        folder.Files.MakeFolders(BeneathFolder.ParentOf(target));
        if (!folder.Files.TryRenameNew(path, target))
            throw new IOException($"Something appeared at {target}.");
        log.Trashed(path);
        return target;
    }

    /// <summary>Drops what is too old, then the oldest until the rest fits.</summary>
    public void Drop()
    {
        try
        {
            var oldest = clock.GetUtcNow() - limits.Keep;
            var bytes = 0L;
            foreach (var (path, time) in Batches())
            {
                bytes += SizeOf(path);
                if (time < oldest || bytes > limits.MostBytes)
                    Delete(Path.GetFileName(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TrashNotRead(folder.Trash, e);
        }
    }

    /// <summary>What the program put into the trash, the youngest first.</summary>
    private List<(string Path, DateTimeOffset? Time)> Batches() =>
    [
        .. Directory.EnumerateDirectories(folder.Trash)
            .Select(path => (Path: path, Time: TimeOf(path)))
            .Where(batch => batch.Time is not null)
            .OrderByDescending(batch => batch.Time),
    ];

    private string NewBatch()
    {
        lock (_gate)
        {
            while (true)
            {
                var stamp = clock.GetUtcNow().ToString(StampFormat, CultureInfo.InvariantCulture);
                var batch = $"{NodeFolder.TrashName}/{stamp}-{++_number}";
                if (folder.Files.StatusOf(batch).Kind is not FileKind.Missing)
                    continue;
                folder.Files.MakeFolders(batch);
                return batch;
            }
        }
    }

    /// <summary>Null for what the program did not put into the trash.</summary>
    private static DateTimeOffset? TimeOf(string batch)
    {
        var name = Path.GetFileName(batch);
        return FileStatus.Of(batch).Kind is FileKind.Folder
            && name.Length > StampFormat.Length
            && DateTimeOffset.TryParseExact(
                name.AsSpan(0, StampFormat.Length),
                StampFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time)
            ? time
            : null;
    }

    private static long SizeOf(string batch)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };
        try
        {
            return new DirectoryInfo(batch).EnumerateFiles("*", options).Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // Somebody empties it just now; what is left of it counts the next day.
        }
    }

    private void Delete(string batch)
    {
        try
        {
            folder.Files.DeleteTree($"{NodeFolder.TrashName}/{batch}");
            log.TrashDropped(batch);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TrashNotDropped(batch, e);
        }
    }
}
