using P2PNode.Core;

namespace P2PNode.Tests.Simulation.VirtualTime;

/// <summary>A fingerprint of all that happened in a run and, where lines are kept, the story itself.</summary>
internal sealed class Trace(bool keepsLines)
{
    private const ulong Prime = 1099511628211;

    private readonly List<string> _lines = [];

    /// <summary>64-bit FNV-1a over everything noted: the same on every machine, other than <see cref="HashCode"/>.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public IReadOnlyList<string> Lines => _lines;

    public void Note(TimeSpan at, NodeId node, object what, string kind, long value)
    {
        Mix((ulong)at.Ticks);
        Mix((ulong)node.Value);
        foreach (var letter in kind)
            Mix(letter);
        Mix((ulong)value);
        if (keepsLines)
            _lines.Add($"{at.TotalSeconds,9:F4}  node {node,-3} {what}");
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
