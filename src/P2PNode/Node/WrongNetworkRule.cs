using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;

namespace P2PNode.Node;

/// <summary>
/// When a node gives up because it is of another network than all whom it was told of (docs/decisions.md): right after its
/// start, where neither it nor a former life of it ever met a member of its own. Thread-safe.
/// </summary>
/// <param name="options">Whom it was told of.</param>
/// <param name="self">This node, and its network.</param>
/// <param name="acquaintance">Whether it was at home before.</param>
/// <param name="clock">Times the trial.</param>
internal sealed class WrongNetworkRule(NodeOptions options, NodeName self, Acquaintance acquaintance, TimeProvider clock)
{
    /// <summary>Later it is the others that changed.</summary>
    internal static readonly TimeSpan Trial = TimeSpan.FromSeconds(10);

    /// <summary>Members of its own network that start with it answer by then.</summary>
    private static readonly TimeSpan OthersStart = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly long _began = clock.GetTimestamp();
    private readonly NodeId[] _others = [.. options.Nodes.Select(node => node.Id).Where(id => id != options.Id)];

    /// <summary>Who was tried and is a stranger, or did not answer; who answered otherwise is not in it.</summary>
    private readonly Dictionary<NodeId, bool> _isStranger = [];
    private readonly Dictionary<NodeAddress, bool> _isStrangeSeed = [];

    /// <summary>Of which networks nodes said to be.</summary>
    private readonly HashSet<string> _strangeNetworks = [];

    /// <summary>Looks on while the trial lasts, and runs until stopped.</summary>
    /// <exception cref="IdentityRefusedException">This node is of the wrong network.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (clock.GetElapsedTime(_began) < Trial && !acquaintance.IsMade)
        {
            await Task.Delay(LookEvery, clock, stop);
            if (IsWrong())
                throw new IdentityRefusedException($"Node {options.Id} is of network {self.Network}, and all others that answer are of another one; have it invited to that, and join with 'p2pnode network join TOKEN --seed HOST:PORT'.");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
    }

    /// <summary>A member of this network was met.</summary>
    public void Met() => acquaintance.Make();

    /// <summary>A node was dialled, in vain.</summary>
    /// <param name="node">Which.</param>
    /// <param name="fault">What went wrong.</param>
    /// <param name="network">The ID of the other network that it says to be of.</param>
    public void Tried(NodeId node, PeerFault fault, string? network)
    {
        lock (_gate)
        {
            Note(_isStranger, node, fault);
            if (network is not null)
                _strangeNetworks.Add(network);
        }
    }

    /// <summary>A seed was dialled, in vain; or it is one of this network, where <paramref name="fault"/> is null.</summary>
    public void Tried(NodeAddress seed, PeerFault? fault)
    {
        if (fault is null)
            acquaintance.Make();
        lock (_gate)
            Note(_isStrangeSeed, seed, fault);
    }

    /// <summary>
    /// Whether all who answer are strangers, and one of them is a seed; or they are of one network, and one of them goes before
    /// this node, or has another at its side: of two nodes that start at once the lower one stays, and of more that are all
    /// of different networks each one.
    /// </summary>
    private bool IsWrong()
    {
        lock (_gate)
        {
            if (acquaintance.IsMade || !_others.All(_isStranger.ContainsKey) || !options.Seeds.All(_isStrangeSeed.ContainsKey))
                return false;
            var strangers = _others.Count(id => _isStranger[id]);
            var seeds = options.Seeds.Count(seed => _isStrangeSeed[seed]);
            var mayCome = options.Discover || strangers < _others.Length || seeds < options.Seeds.Count;
            if (mayCome && clock.GetElapsedTime(_began) < OthersStart)
                return false;
            return seeds > 0 || (_strangeNetworks.Count <= 1 && (strangers > 1 || _others.Any(id => id < options.Id && _isStranger[id])));
        }
    }

    private static void Note<T>(Dictionary<T, bool> found, T whom, PeerFault? fault)
        where T : notnull
    {
        if (fault is PeerFault.OtherNetwork or PeerFault.ConnectionRefused or PeerFault.Unreachable or PeerFault.TimedOut)
            found[whom] = fault is PeerFault.OtherNetwork;
        else
            found.Remove(whom);
    }
}
