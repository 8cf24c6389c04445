using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class StartOrderTests : NetworkTest
{
    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 2, 1)]
    public async Task Whatever_the_order_of_start_all_agree_on_the_lowest_id_and_hold_a_star_of_links(int first, int second, int third)
    {
        var network = Create(1, 2, 3);
        network.Start(first, second, third);

        var epoch = await network.LedByAsync(1);

        foreach (var (id, role, links) in new[] { (1, "leader", "2,3"), (2, "follower", "1"), (3, "follower", "1") })
        {
            var status = await network.AskAsync("status", "--id", $"{id}");
            Assert.Equal(
                (id, role, 1, epoch, links),
                (status.GetProperty("id").GetInt32(), status.GetProperty("role").GetString(), status.GetProperty("leader").GetInt32(),
                    status.GetProperty("epoch").GetInt64(), string.Join(',', status.GetProperty("links").EnumerateArray())));
        }
    }

    [Fact]
    public async Task A_lower_id_that_comes_late_leads_in_the_end_and_what_others_collected_stays_with_them()
    {
        var network = Create(1, 2, 3);
        network[1].Put("of-1.txt", "one");
        network[2].Put("of-2.txt", "two");
        network[3].Put("of-3.txt", "three");

        network.Start(3);
        var first = await network.LedByAsync(3);
        network.Start(2);
        var second = await network.LedByAsync(2);
        await network.CollectedAsync(2, [3]);
        network.Start(1);
        var third = await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);

        Assert.True(first < second && second < third, $"The epochs were {first}, {second}, {third}.");
        Assert.Equal("three", network[2].Copy(3, "of-3.txt"));
    }
}
