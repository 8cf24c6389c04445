namespace P2PNode.EndToEnd.Kit;

/// <summary>Holds what nodes say of the leadership against the rules of the election, over restarts.</summary>
internal sealed class EpochWatch(Network network)
{
    private readonly Dictionary<int, long> _highest = [];
    private readonly Dictionary<long, int> _leaders = [];

    /// <summary>Asks every node that is awake: no epoch may go back, and none may have two leaders.</summary>
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
            Assert.True(_leaders.TryAdd(status.Epoch, leader.Value) || _leaders[status.Epoch] == leader.Value,
                $"Epoch {status.Epoch} is led by node {leader} for node {id}, and was led by node {_leaders[status.Epoch]}.");
        }
    }
}
