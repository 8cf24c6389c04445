using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// Where the copies lie that went to the trash lately: what is listed under another name soon after was renamed.
/// Thread-safe.
/// </summary>
internal sealed class TrashedContents
{
    private const int Most = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ContentRoot, string> _places = [];
    private readonly Queue<ContentRoot> _order = new();

    public void Note(FileEntry copy, string place)
    {
        lock (_gate)
        {
            if (copy.Size == 0)
                return;
            if (!_places.TryAdd(copy.Root, place))
                _places[copy.Root] = place;
            else
                _order.Enqueue(copy.Root);
            if (_order.Count > Most)
                _places.Remove(_order.Dequeue());
        }
    }

    /// <summary>A place where such a content may lie still; null where none is known.</summary>
    public string? Find(ContentRoot root)
    {
        lock (_gate)
            return _places.GetValueOrDefault(root);
    }
}
