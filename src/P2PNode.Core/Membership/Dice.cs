namespace P2PNode.Core.Membership;

/// <summary>As many throws as a step needs, all of them following from the luck of its moment.</summary>
internal sealed class Dice
{
    private ulong _state;

    /// <summary>Begins the throws of a step.</summary>
    public void Cast(double luck) => _state = BitConverter.DoubleToUInt64Bits(luck);

    /// <summary>A number in [0, 1).</summary>
    public double Next() => (SplitMix64.Next(ref _state) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => (int)(Next() * bound);

    /// <summary>One of them; the default where there is none.</summary>
    public T? Pick<T>(IReadOnlyList<T> of) => of.Count > 0 ? of[Below(of.Count)] : default;

    /// <summary>Brings the first <paramref name="count"/> places of a list to hold a fair draw of it.</summary>
    public void Draw<T>(List<T> from, int count)
    {
        for (var i = 0; i < Math.Min(count, from.Count - 1); i++)
        {
            var other = i + Below(from.Count - i);
            (from[i], from[other]) = (from[other], from[i]);
        }
    }
}
