using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>
/// Copies that are made only to be written elsewhere, across all fetches: the last fetch that uses one discards it, unless
/// somebody wants it to stay. Thread-safe.
/// </summary>
internal sealed class CopiesInPassing(CopyStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(NodeId Owner, FilePath Path), Use> _uses = [];

    /// <summary>A fetch begins that uses this copy. Where one lies already, be it an older version, it stays as well.</summary>
    public void Enter(NodeId owner, FilePath path, bool stays)
    {
        lock (_gate)
        {
            if (!_uses.TryGetValue((owner, path), out var use))
                _uses[(owner, path)] = use = new Use { Stays = store.Find(owner, path) is not null };
            use.Fetches++;
            use.Stays |= stays;
        }
    }

    /// <summary>A copy came. Returns whether it is one that will not stay.</summary>
    public bool Came(NodeId owner, FilePath path)
    {
        lock (_gate)
            return _uses.TryGetValue((owner, path), out var use) && !use.Stays && (use.HasCome = true);
    }

    /// <summary>A fetch ends that entered with these paths; what nobody uses any more is discarded.</summary>
    /// <returns>The copies that stay after all, as this node keeps copies by now.</returns>
    public IReadOnlyList<FileEntry> Leave(NodeId owner, IEnumerable<FilePath> paths, Func<bool> keepsCopies)
    {
        // Under the gate to the end: a fetch that begins now finds a copy that stays, or none.
        lock (_gate)
        {
            var unused = paths.Where(path => IsUnused(owner, path)).ToList();
            if (unused.Count == 0)
                return [];
            if (keepsCopies())
                return [.. unused.Select(path => store.Find(owner, path)).OfType<FileEntry>()];
            store.Discard(owner, unused);
            return [];
        }
    }

    private bool IsUnused(NodeId owner, FilePath path)
    {
        var use = _uses[(owner, path)];
        if (--use.Fetches > 0)
            return false;
        _uses.Remove((owner, path));
        return use is { HasCome: true, Stays: false };
    }

    private sealed class Use
    {
        public int Fetches { get; set; }

        public bool Stays { get; set; }

        public bool HasCome { get; set; }
    }
}
