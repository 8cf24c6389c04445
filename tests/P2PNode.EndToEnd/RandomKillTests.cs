using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

[Collection(typeof(Alone))]
public sealed class RandomKillTests : NetworkTest
{
    private const int SmallFiles = 150;
    private const int LargeFiles = 6;

    private static readonly int[] Ids = [1, 2, 3];

    /// <summary>The hashes that each file ever had, by owner and path.</summary>
    private readonly Dictionary<(int Owner, string Path), HashSet<string>> _versions = [];

    [Fact]
    public async Task Killed_at_any_moment_of_collecting_no_file_is_ever_harmed_and_none_is_lost()
    {
        var rounds = Setting.Rounds(otherwise: 8);
        var seed = Setting.Seed;
        Say($"P2PNODE_SEED={seed}");
        var random = new Random(seed);
        var network = Create(Ids);
        var epochs = new EpochWatch(network);
        foreach (var id in Ids)
            Change(network[id], SmallFiles, LargeFiles, random);
        network.Start(Ids);

        var amidst = 0;
        for (var round = 1; round <= rounds; round++)
        {
            await epochs.LookAsync();
            var victim = await NextVictimAsync(network, random);
            victim.Kill();
            amidst += victim.Receiving.Any() ? 1 : 0;
            Examine(network);
            Change(network[random.Next(1, 4)], random.Next(SmallFiles), random.Next(LargeFiles), random);
            victim.Start();
        }

        Say($"{amidst} of {rounds} kills left a file half received");
        network.Kill();
        Examine(network);
        network.Start(Ids);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);
        Assert.All(Ids, id => Assert.Empty(network[id].Temporary));
        Assert.Empty(network[1].Partial);
    }

    /// <summary>Any node at any moment will do, but most often it is one that just receives files, or sends them.</summary>
    private static async Task<NetworkNode> NextVictimAsync(Network network, Random random)
    {
        var busy = random.Next(4) == 0 ? null : await ReceiverAsync(network);
        await Eventually.HappensAsync(() => false, TimeSpan.FromSeconds(busy is null ? random.NextDouble() : random.NextDouble() / 20));
        return busy is null || random.Next(4) == 0 ? network[random.Next(1, 4)] : busy;
    }

    private static async Task<NetworkNode?> ReceiverAsync(Network network)
    {
        NetworkNode? receiver = null;
        await Eventually.HappensAsync(() => (receiver = network.Nodes.FirstOrDefault(node => node.Receiving.Any())) is not null, TimeSpan.FromSeconds(5));
        return receiver;
    }

    /// <summary>Gives a node some new files, and new contents to some that it has.</summary>
    private void Change(NetworkNode node, int smallFiles, int largeFiles, Random random)
    {
        for (var i = 0; i < smallFiles; i++)
            Write($"small/{random.Next(2 * SmallFiles)}.bin", random.Next(64 << 10));
        for (var i = 0; i < largeFiles; i++)
            Write($"large/{random.Next(2 * LargeFiles)}.bin", random.Next(2 << 20, 16 << 20));

        void Write(string path, int size)
        {
            var hash = node.Replace(path, size, random.Next());
            if (!_versions.TryGetValue((node.Id, path), out var versions))
                _versions.Add((node.Id, path), versions = []);
            versions.Add(hash);
        }
    }

    /// <summary>Every copy is one of the versions that its original had, in full.</summary>
    private void Examine(Network network)
    {
        foreach (var (at, owner) in network.Nodes.SelectMany(at => Ids.Select(owner => (at, owner))))
        {
            foreach (var (path, hash) in Tree.Hashes(at.CopiesOf(owner)))
                Assert.True(_versions.GetValueOrDefault((owner, path))?.Contains(hash), $"Node {at.Id} has a file {path} of node {owner} that never was.");
        }
    }
}
