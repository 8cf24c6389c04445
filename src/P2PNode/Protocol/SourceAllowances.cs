using System.Net;

namespace P2PNode.Protocol;

/// <summary>
/// How many packets are looked at: of one address, and of all together. Bounded: when too many addresses are known it
/// begins anew, and the total still holds. Not thread-safe.
/// </summary>
internal sealed class SourceAllowances(int perSecond, int atOnce, int perSecondOfAll, TimeProvider clock)
{
    private const int MostSources = 4_096;

    private readonly Dictionary<IPAddress, Allowance> _sources = [];
    private readonly Allowance _all = new(perSecondOfAll, perSecondOfAll, clock);

    /// <summary>False where the packet is to be passed over.</summary>
    public bool TryTake(IPAddress source)
    {
        if (!_sources.TryGetValue(source, out var allowance))
        {
            if (_sources.Count == MostSources)
                _sources.Clear();
            _sources.Add(source, allowance = new Allowance(perSecond, atOnce, clock));
        }

        return allowance.TryTake() && _all.TryTake();
    }
}
