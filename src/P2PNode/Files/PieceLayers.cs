using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// The piece layers of large files, kept so that nobody has to hash a file to learn them. A layer is checked against its
/// root whenever it is loaded, so that none of it needs to be safe from crashes. Thread-safe.
/// </summary>
public sealed class PieceLayers(NodeFolder folder, ILogger log)
{
    /// <summary>So much may be kept before it is looked through again; the layers of 32 GiB.</summary>
    private const long LeastGrowth = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Signal _grown = new();

    /// <summary>Kept since the last time that the folder was looked through; their files may not be listed yet.</summary>
    private HashSet<ContentRoot> _fresh = [];
    private long _growth;
    private long _growthAllowed = LeastGrowth;
    private int _temporaries;
    private int _failures;

    /// <summary>The layer of a file, or null where none is kept, or none that is right.</summary>
    public byte[]? Find(ContentRoot root, long size)
    {
        var path = PathOf(root);
        if (size < PieceLayer.LargeFrom || !File.Exists(path))
            return null;
        try
        {
            var layer = File.ReadAllBytes(path);

            // By its own length first: that somebody asks with a wrong size makes no layer wrong.
            if (IsOf(root, layer))
                return layer.Length == PieceLayer.BytesOf(size) ? layer : null;
            folder.Files.Delete(NameOf(root.ToString()));
            log.LayerDamaged(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(e);
        }

        return null;
    }

    /// <summary>Keeps a layer if it is that of a large file. It may fail to, which costs a hashing later.</summary>
    public void Keep(ContentRoot root, ReadOnlySpan<byte> layer)
    {
        if (layer.Length < PieceLayer.BytesOf(PieceLayer.LargeFrom))
            return;
        try
        {
            if (File.Exists(PathOf(root)))
                Note(root, 0);
            else
                Write(root, layer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(e);
        }
    }

    /// <summary>Deletes layers that no file needs: now, and whenever as much was kept again as there was.</summary>
    /// <param name="files">All files that this node has.</param>
    /// <param name="stop">Ends the run.</param>
    public async Task RunAsync(Func<IEnumerable<FileEntry>> files, CancellationToken stop)
    {
        while (true)
        {
            Sweep(files);
            await _grown.WaitAsync(stop);
        }
    }

    /// <summary>Deletes layers that none of these files needs, unless they were kept since the last time.</summary>
    internal void Sweep(Func<IEnumerable<FileEntry>> files)
    {
        HashSet<ContentRoot> needed;
        lock (_gate)
            (needed, _fresh, _growth) = (_fresh, [], 0);

        // Listed after that, so that what was kept earlier is fresh or had its time to be listed.
        foreach (var file in files())
        {
            if (file.Kind is EntryKind.File && file.Size >= PieceLayer.LargeFrom)
                needed.Add(file.Root);
        }

        try
        {
            var left = DeleteAllBut(needed);
            lock (_gate)
                _growthAllowed = Math.Max(left, LeastGrowth);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(e);
        }
    }

    private static bool IsOf(ContentRoot root, byte[] layer) =>
        layer.Length % ContentRoot.Size == 0
        && PieceLayer.Root(layer, (long)layer.Length / ContentRoot.Size * PieceLayer.PieceSize) == root;

    private void Write(ContentRoot root, ReadOnlySpan<byte> layer)
    {
        var temporary = $"{NodeFolder.TemporaryName}/layer{Interlocked.Increment(ref _temporaries)}";
        try
        {
            using (var file = folder.Files.Create(temporary))
                RandomAccess.Write(file, layer, 0);
            lock (_gate)
            {
                folder.Files.Rename(temporary, NameOf(root.ToString()));
                Note(root, layer.Length);
            }
        }
        catch
        {
            folder.Files.Delete(temporary);
            throw;
        }
    }

    private void Note(ContentRoot root, int growth)
    {
        lock (_gate)
        {
            _fresh.Add(root);
            _growth += growth;
            if (_growth > _growthAllowed)
                _grown.Set();
        }
    }

    private long DeleteAllBut(HashSet<ContentRoot> needed)
    {
        var left = 0L;
        foreach (var file in new DirectoryInfo(folder.Layers).EnumerateFiles())
        {
            // Under the lock, for a layer that is wanted no more may be kept anew at this moment.
            lock (_gate)
            {
                if (ContentRoot.TryParse(file.Name, out var root) && (needed.Contains(root) || _fresh.Contains(root)))
                    left += file.Length;
                else
                    folder.Files.Delete(NameOf(file.Name));
            }
        }

        return left;
    }

    private void Failed(Exception reason)
    {
        if (Interlocked.Increment(ref _failures) == 1)
            log.LayersNotKept(reason.Message);
    }

    private static string NameOf(string layer) => $"{NodeFolder.LayersName}/{layer}";

    private string PathOf(ContentRoot root) => Path.Combine(folder.Layers, root.ToString());
}
