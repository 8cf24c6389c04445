using System.Numerics;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// Finds the first few of many items without sorting them: Hoare's quickselect, which gives up in favour of sorting where
/// the items come in an order that is bad for it (Musser's introselect).
/// </summary>
internal static class Selection
{
    /// <summary>Fewer items are sorted at once.</summary>
    private const int Few = 16;

    /// <summary>Puts the item that belongs there at this index; those that come before it stand before it, in any order.</summary>
    public static void Select<T>(Span<T> items, int index, IComparer<T> order)
    {
        for (var rounds = 2 * BitOperations.Log2((uint)items.Length | 1); items.Length > Few && rounds > 0; rounds--)
        {
            var middle = Partition(items, order);
            if (index < middle)
            {
                items = items[..middle];
            }
            else
            {
                items = items[middle..];
                index -= middle;
            }
        }

        items.Sort(order);
    }

    /// <summary>Parts the items in two, neither of them empty, so that none of the first comes behind one of the others.</summary>
    private static int Partition<T>(Span<T> items, IComparer<T> order)
    {
        var pivot = Median(items[0], items[items.Length / 2], items[^1], order);
        var (low, high) = (0, items.Length - 1);
        while (true)
        {
            while (order.Compare(items[low], pivot) < 0)
                low++;
            while (order.Compare(items[high], pivot) > 0)
                high--;
            if (low >= high)
                return low;
            (items[low], items[high]) = (items[high], items[low]);
            low++;
            high--;
        }
    }

    private static T Median<T>(T a, T b, T c, IComparer<T> order)
    {
        if (order.Compare(a, b) > 0)
            (a, b) = (b, a);
        return order.Compare(b, c) <= 0 ? b : order.Compare(a, c) > 0 ? a : c;
    }
}
