namespace P2PNode.Core.Election;

/// <summary>
/// Remembers who lost leaderships of late. Every node keeps count of all, since a node that flaps by restarting forgets
/// its own (design 3.5).
/// </summary>
internal sealed class HoldDown(ElectionOptions options, ElectionRules rules)
{
    private readonly Dictionary<NodeId, Queue<TimeSpan>> _losses = [];

    public void CountLoss(NodeId leader, TimeSpan now)
    {
        if (!_losses.TryGetValue(leader, out var losses))
            _losses.Add(leader, losses = []);
        Forget(losses, now);
        losses.Enqueue(now);
    }

    /// <summary>How long the node must follow before it may ask to lead.</summary>
    public TimeSpan For(NodeId node, TimeSpan now) => rules.HoldDown(options, Losses(node, now));

    private int Losses(NodeId node, TimeSpan now)
    {
        if (!_losses.TryGetValue(node, out var losses))
            return 0;
        Forget(losses, now);
        return losses.Count;
    }

    private void Forget(Queue<TimeSpan> losses, TimeSpan now)
    {
        while (losses.TryPeek(out var oldest) && now - oldest > options.LossMemory)
            losses.Dequeue();
    }
}
