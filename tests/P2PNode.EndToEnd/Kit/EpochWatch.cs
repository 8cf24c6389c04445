namespace P2PNode.EndToEnd.Kit;

/// <summary>Holds what nodes say of the leadership against the rules of the election, over restarts.</summary>
internal sealed class EpochWatch(Network network)
{
    private readonly Dictionary<int, long> _highest = [];

    /// <summary>Whom each node accepted. Two sides of a cut may lead under one number; no node accepts both.</summary>
    private readonly Dictionary<(int Node, long Epoch), int> _leaders = [];

    /// <summary>Asks every node that is awake: no epoch may go back at a node, and no node accepts two leaders in one.</summary>
    public async Task LookAsync()
    {
        foreach (var (id, status) in await network.StatusAsync())
        {
            if (status is null)
                continue;
            Assert.True(status.Epoch >= _highest.GetValueOrDefault(id), $"Node {id} went back from epoch {_highest.GetValueOrDefault(id)} to {status.Epoch}.");
            _highest[id] = status.Epoch;
            if (status.Leader is not { } leader)
                continue;
            var accepted = (id, status.Epoch);
            Assert.True(_leaders.TryAdd(accepted, leader.Value) || _leaders[accepted] == leader.Value,
                $"Epoch {status.Epoch} is led by node {leader} for node {id}, and was led by node {_leaders[accepted]}.");
        }
    }
}
