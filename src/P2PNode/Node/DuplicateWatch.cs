using P2PNode.Core;
using P2PNode.Protocol;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>Tells people of other processes that say to be this node, as peers that refused them report. Thread-safe.</summary>
internal sealed class DuplicateWatch(ILogger log)
{
    /// <summary>Several peers may refuse one process. What is told beyond so many is no longer news.</summary>
    private const int Most = 100;

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _known = [];

    /// <exception cref="PeerException">No correct peer says this.</exception>
    public void Take(NodeId from, Wire.Duplicate told) => Take($"node {from}", told);

    /// <inheritdoc cref="Take(NodeId, Wire.Duplicate)"/>
    /// <param name="by">Who refused it, for people.</param>
    /// <param name="told">Whom.</param>
    public void Take(string by, Wire.Duplicate told)
    {
        if (!NodeAddress.IsHost(told.Host) || told.Port is < 1 or > 65535)
            throw PeerException.Violation("it tells of another process at an address that cannot be");
        lock (_gate)
        {
            if (_known.Count == Most || !_known.Add(told.Instance))
                return;
        }

        log.Duplicate(new NodeAddress(told.Host, told.Port), by);
    }
}
