using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class ChangeTests : NetworkTest
{
    /// <summary>Two seconds are promised; a test on a busy machine is more patient, and tells what it measured.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A file that stood still for one second may be offered.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Whatever_changes_in_a_folder_follows_at_the_leader()
    {
        var network = Create(1, 2);
        var (leader, owner) = (network[1], network[2]);
        var changing = owner.Put("changing.txt", "before");
        var leaving = owner.Put("folder/leaving.txt", "gone");
        var moving = owner.Put("moving.txt", "moved");
        var file = owner.Put("turning", "a file");
        var folder = Path.GetDirectoryName(owner.Put("turning back/inner.txt", "inside"))!;
        network.Start(1, 2);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2]);

        owner.Put("sub/new.txt", "new");
        await FollowsAsync("a new file", () => leader.Copy(2, "sub/new.txt") == "new");

        await File.WriteAllTextAsync(changing, "after", TestContext.Current.CancellationToken);
        await FollowsAsync("a change", () => leader.Copy(2, "changing.txt") == "after");

        File.Delete(leaving);
        await FollowsAsync("a deletion", () => leader.Copy(2, "folder/leaving.txt") is null);
        Assert.Equal("gone", Trashed(leader, "leaving.txt"));

        File.Move(moving, Path.Combine(owner.Folder, "folder/moved.txt"));
        await FollowsAsync("a new name", () => leader.Copy(2, "moving.txt") is null && leader.Copy(2, "folder/moved.txt") == "moved");

        File.Delete(file);
        owner.Put("turning/into a folder.txt", "inner");
        await FollowsAsync("a folder for a file", () => leader.Copy(2, "turning/into a folder.txt") == "inner");

        Directory.Delete(folder, recursive: true);
        owner.Put("turning back", "a file again");
        await FollowsAsync("a file for a folder", () => leader.Copy(2, "turning back") == "a file again");
        await network.CollectedAsync(1, [2]);
    }

    [Fact]
    public async Task A_file_is_never_collected_while_it_is_being_written()
    {
        var network = Create(1, 2);
        network.Start(1, 2);
        await network.LedByAsync(1);
        var complete = new HashSet<string>();
        var seen = new HashSet<string>();
        var text = "";

        for (var part = 1; part <= 2; part++)
        {
            text = await WriteSlowlyAsync(network, text, complete, seen);
            complete.Add(text);
            await Eventually.HoldsAsync(() => network[1].Copy(2, "slow.txt") == text, "the whole file is there");
        }

        Assert.Subset(complete, seen);
    }

    private static async Task FollowsAsync(string what, Func<bool> condition)
    {
        var took = await Eventually.HoldsAsync(condition, $"{what} follows", Patience);
        Say($"{what} followed after {took.TotalMilliseconds:0} ms");
    }

    /// <summary>Appends for three seconds, and looks at the copy all the while.</summary>
    private static async Task<string> WriteSlowlyAsync(Network network, string text, HashSet<string> complete, HashSet<string> seen)
    {
        var file = Path.Combine(network[2].Folder, "slow.txt");
        var started = Eventually.Now;
        for (var written = started; written - started < 3 * Still;)
        {
            var line = $"line after {text.Length} characters\n";
            text += line;
            await File.AppendAllTextAsync(file, line, TestContext.Current.CancellationToken);
            written = Eventually.Now;
            await Eventually.WatchAsync(Still / 4, () =>
            {
                if (network[1].Copy(2, "slow.txt") is { } copy)
                    seen.Add(copy);
                return Task.CompletedTask;
            });

            // Where the machine held the writer up for so long, the file did stand still.
            if (Eventually.Now - written > 0.9 * Still)
                complete.Add(text);
        }

        return text;
    }

    private static string Trashed(NetworkNode node, string name) =>
        File.ReadAllText(Assert.Single(Directory.EnumerateFiles(node.State("trash"), name, SearchOption.AllDirectories)));
}
