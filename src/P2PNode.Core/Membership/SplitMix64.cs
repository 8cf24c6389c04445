namespace P2PNode.Core.Membership;

/// <summary>The generator of Steele, Lea and Flood (OOPSLA 2014): small, fast, and even enough for dice and digests.</summary>
internal static class SplitMix64
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    public static ulong Next(ref ulong state) => Mix(state += Step);

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
