using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace P2PNode.Core;

/// <summary>Names one node for as long as its network lives: a positive 31-bit integer. The lowest live one leads.</summary>
public readonly record struct NodeId : IComparable<NodeId>
{
    /// <summary>More nodes than a network has; bounds what one may tell of others.</summary>
    public const int MostInNetwork = 10_000;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is zero or negative.</exception>
    public NodeId(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
        Value = value;
    }

    public int Value { get; }

    /// <summary>Reads plain decimal digits; refuses signs, blanks, zero and what exceeds 31 bits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0;
        id = valid ? new NodeId(value) : default;
        return valid;
    }

    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(NodeId left, NodeId right) => left.Value < right.Value;

    public static bool operator >(NodeId left, NodeId right) => left.Value > right.Value;

    public static bool operator <=(NodeId left, NodeId right) => left.Value <= right.Value;

    public static bool operator >=(NodeId left, NodeId right) => left.Value >= right.Value;
}
