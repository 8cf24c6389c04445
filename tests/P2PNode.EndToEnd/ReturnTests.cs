using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class ReturnTests : NetworkTest
{
    [Fact]
    public async Task A_new_leader_collects_what_it_lacks_and_the_old_one_catches_up_when_it_returns()
    {
        var network = Create(1, 2, 3);
        network[3].Put("early.txt", "early");
        network.Start(1, 2, 3);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);
        Assert.Null(network[2].Copy(3, "early.txt"));

        network[1].Kill();
        await network.LedByAsync(2);
        network[3].Put("late.txt", "late");
        await network.CollectedAsync(2, [3]);

        network.Start(1);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);
    }

    [Fact]
    public async Task A_leader_that_was_stopped_for_10_s_harms_no_file_and_turns_no_epoch_back()
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);
        var epochs = new EpochWatch(network);
        for (var i = 0; i < 40; i++)
            Content.Fill(network[3].Put($"{i}.bin", ""), 1 << 20, seed: i);
        await Eventually.HoldsAsync(() => Directory.Exists(network[1].CopiesOf(3)), "collecting has begun");

        network[1].Freeze();
        await Eventually.WatchAsync(TimeSpan.FromSeconds(10), epochs.LookAsync);
        await network.LedByAsync(2);
        await network.CollectedAsync(2, [3]);
        network[1].Thaw();

        await Eventually.HoldsAsync(
            async () =>
            {
                await epochs.LookAsync();
                return (await network.StatusAsync()).Values.All(status => status?.Leader?.Value == 1);
            },
            "node 1 leads again");
        await network.CollectedAsync(1, [2, 3]);
        await network.CollectedAsync(2, [3]);
    }
}
