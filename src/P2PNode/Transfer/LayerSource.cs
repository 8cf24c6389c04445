using System.Collections.Concurrent;
using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <param name="Status">Last where the layer is there, else why it is not.</param>
/// <param name="Bytes">The layer.</param>
/// <param name="Reason">Why it is not there, in words.</param>
internal readonly record struct FoundLayer(PieceStatus Status, byte[] Bytes, string Reason);

/// <summary>
/// The piece layers that this node can give: those that are kept, and else those of the files that are asked for, which
/// it then hashes. However many ask, a file is hashed by one of them at a time, and few files are at once. Thread-safe.
/// </summary>
internal sealed class LayerSource(IContentSource source, PieceLayers kept)
{
    /// <summary>The layer of a file of 16 TiB, twice what is to work. Larger files are told to be unreadable, and are not fetched.</summary>
    private const int MostBytes = 512 << 20;

    private const int MostRemembered = 1024;

    /// <summary>A file has one of these, so that it is never hashed by two at once; and there are but these.</summary>
    private readonly SemaphoreSlim[] _turns = [new(1), new(1), new(1)];

    /// <summary>What was hashed lately; who asks such a file for another content need not have it hashed again.</summary>
    private readonly ConcurrentDictionary<(NodeId Owner, FilePath Path, FileStamp Stamp), ContentRoot> _hashed = new();

    /// <summary>What links are giving at this moment, so that all that give the same layer share one.</summary>
    private readonly ConcurrentDictionary<ContentRoot, WeakReference<byte[]>> _loaded = new();
    private readonly Lock _loading = new();

    /// <summary>The layer of the file and version that a range is of.</summary>
    public async ValueTask<FoundLayer> FindAsync(AskedRange range, CancellationToken stop)
    {
        if (PieceLayer.BytesOf(range.Size) > MostBytes)
            return new(PieceStatus.Unreadable, [], "its piece layer is too large");
        if (Load(range) is { } ready)
            return new(PieceStatus.Last, ready, "");

        var turn = _turns[(uint)HashCode.Combine(range.Owner, range.Path) % _turns.Length];
        await turn.WaitAsync(stop);
        try
        {
            return Load(range) is { } meanwhile
                ? new(PieceStatus.Last, meanwhile, "")
                : await Task.Run(() => Compute(range, stop), stop);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A layer that is kept. One is loaded at a time: that of a file of 8 TiB takes 256 MiB.</summary>
    private byte[]? Load(in AskedRange range)
    {
        lock (_loading)
        {
            if (_loaded.TryGetValue(range.Root, out var shared) && shared.TryGetTarget(out var layer) && layer.Length == PieceLayer.BytesOf(range.Size))
                return layer;
            if (kept.Find(range.Root, range.Size) is not { } found)
                return null;
            if (_loaded.Count >= MostRemembered)
                _loaded.Clear();
            _loaded[range.Root] = new(found);
            return found;
        }
    }

    private FoundLayer Compute(in AskedRange range, CancellationToken stop)
    {
        using var file = new ServedFile(source);
        if (file.Open(range) is not PieceStatus.Last and var failure)
            return new(failure, [], file.Reason);
        var name = (range.Owner, range.Path, file.Stamp);
        if (_hashed.TryGetValue(name, out var known) && known != range.Root)
            return OtherContent;

        try
        {
            var reader = new ContentReader();
            var root = reader.Read(file.Handle, range.Size, withLayer: true, stop);
            if (file.Check(range with { Offset = range.Size, Length = 0 }) is not PieceStatus.Last and var change)
                return new(change, [], file.Reason);
            if (root is not { } read)
                return new(PieceStatus.Changed, [], "it became shorter while it was read");
            Remember(name, read);
            kept.Keep(read, reader.Layer);
            return read == range.Root ? new(PieceStatus.Last, reader.Layer.ToArray(), "") : OtherContent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(PieceStatus.Unreadable, [], e.Message);
        }
    }

    private static FoundLayer OtherContent => new(PieceStatus.Changed, [], "it has another content than was asked for");

    private void Remember((NodeId Owner, FilePath Path, FileStamp Stamp) name, ContentRoot root)
    {
        if (_hashed.Count >= MostRemembered)
            _hashed.Clear();
        _hashed[name] = root;
    }
}
