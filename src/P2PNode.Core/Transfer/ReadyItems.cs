namespace P2PNode.Core.Transfer;

/// <summary>Files that wait to be asked for, in the order in which they came. Not thread-safe.</summary>
internal sealed class ReadyItems
{
    /// <summary>How many files that a holder lacks are passed over in search of one that it has.</summary>
    private const int MostPassedOver = 64;

    private readonly LinkedList<FetchItem> _items = [];

    /// <summary>Whether nothing waits; what does may be dropped by now.</summary>
    public bool IsEmpty => _items.Count == 0;

    public void Add(FetchItem item) => _items.AddLast(item);

    /// <summary>Takes out the first file that this link's holder may have.</summary>
    public FetchItem? TakeFor(FetchLane lane)
    {
        var passed = 0;
        LinkedListNode<FetchItem>? next;
        for (var node = _items.First; node is not null && passed < MostPassedOver; node = next)
        {
            next = node.Next;
            if (node.Value.IsDropped)
            {
                _items.Remove(node);
            }
            else if (node.Value.IsLackedBy(lane.Holder))
            {
                passed++;
            }
            else
            {
                _items.Remove(node);
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>The first file, if none of these links may give it.</summary>
    public FetchItem? PeekFor(IReadOnlyCollection<FetchLane> lanes)
    {
        Clean();
        return _items.First?.Value is { } item && lanes.All(lane => item.IsLackedBy(lane.Holder)) ? item : null;
    }

    private void Clean()
    {
        while (_items.First is { Value.IsDropped: true })
            _items.RemoveFirst();
    }
}
