using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Rows by node, numbered by their changes, so that somebody can be told what changed since he was told last. Not thread-safe.</summary>
internal sealed class RowVersions<T>
    where T : IEquatable<T>
{
    private readonly Dictionary<NodeId, (T Row, long Version)> _rows = [];

    /// <summary>Of the latest change; 0 before the first.</summary>
    public long Version { get; private set; }

    /// <summary>Takes in how the rows are now.</summary>
    public void Update(IEnumerable<(NodeId Id, T Row)> rows)
    {
        foreach (var (id, row) in rows)
        {
            if (!_rows.TryGetValue(id, out var known) || !known.Row.Equals(row))
                _rows[id] = (row, ++Version);
        }
    }

    /// <summary>The nodes whose rows changed after a version.</summary>
    public IEnumerable<NodeId> Since(long version) => _rows.Where(row => row.Value.Version > version).Select(row => row.Key);
}
