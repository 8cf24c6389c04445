using System.Collections.Immutable;
using Serilog;

namespace P2PNode.Files;

/// <summary>What is not shared, and why. What a full scan does not meet again drops out when it ends.</summary>
internal sealed class Refusals(ILogger log)
{
    private static readonly ImmutableDictionary<string, string> None =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    private ImmutableDictionary<string, string> _all = None;

    /// <summary>Those since the last full scan began.</summary>
    private ImmutableDictionary<string, string> _fresh = None;

    /// <summary>May be read from any thread.</summary>
    public IReadOnlyList<NotShared> All => [.. _all.Select(pair => new NotShared(pair.Key, pair.Value))];

    public void BeginScan() => _fresh = None;

    public void EndScan() => _all = _fresh;

    public void Add(string path, string reason)
    {
        _fresh = _fresh.SetItem(path, reason);
        if (_all.TryGetValue(path, out var before) && before == reason)
            return;
        _all = _all.SetItem(path, reason);
        log.NotShared(path, reason);
    }
}
