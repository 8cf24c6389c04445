using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Node;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class NetworkTests
{
    [Fact]
    public async Task Three_nodes_elect_the_lowest_id_and_drop_the_link_between_the_others()
    {
        await using var network = new TestNetwork(1, 2, 3);
        foreach (var id in (int[])[3, 1, 2])
            network.Start(id);

        await network.LedByAsync(1);

        Assert.Equal(NodeRole.Leader, network[1].Status().Role);
        Assert.Equal([2, 3], network[1].Status().Links.Select(id => id.Value));
    }

    [Fact]
    public async Task A_lower_id_that_comes_later_leads_in_the_end()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Start(3);
        await network.LedByAsync(3);
        network.Start(2);
        await network.LedByAsync(2);
        network.Start(1);
        await network.LedByAsync(1);

        Assert.True(network[1].Status().Epoch >= 3);
    }

    [Fact]
    public async Task When_the_leader_stops_the_next_id_leads_and_later_gives_the_lead_back()
    {
        await using var network = new TestNetwork(1, 2, 3);
        foreach (var id in (int[])[1, 2, 3])
            network.Start(id);
        await network.LedByAsync(1);

        await network.StopAsync(1);
        await network.LedByAsync(2);
        network.Start(1);
        await network.LedByAsync(1);
    }

    [Fact]
    public async Task A_leader_keeps_the_time_of_its_claim_and_a_follower_that_it_made_none()
    {
        await using var network = new TestNetwork(1, 2);
        network.Start(1);
        network.Start(2);
        await network.LedByAsync(1);

        Assert.InRange(PastOf(1).SinceClaim, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.MaxValue, PastOf(2).SinceClaim);

        ElectionPast PastOf(int id)
        {
            var file = new DurableNumbers(Path.Combine(network.Folder(id), ".p2pnode", "epoch"));
            return ElectionMemory.Open(file, TimeProvider.System, Logger.None).Past();
        }
    }

    [Fact]
    public async Task Every_node_answers_for_the_files_of_all()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(1, "one.txt", "1");
        network.Put(2, "docs/two words é.txt", "22");
        network.Put(3, "three.bin", "333");
        foreach (var id in (int[])[1, 2, 3])
            network.Start(id);
        await network.LedByAsync(1);

        foreach (var id in (int[])[1, 2, 3])
        {
            FilesReport? report = null;
            await network.HoldsAsync(
                () => (report = network[id].FilesAsync(FileQuery.All, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult()).Files.Count == 3,
                $"node {id} knows three files");
            Assert.Equal(["one.txt", "docs/two words é.txt", "three.bin"], report!.Files.Select(file => file.Path));
            Assert.Equal(new ListingsReport(3, 3), report.Listings);
        }
    }

    [Fact]
    public async Task Every_node_shows_the_size_of_the_whole_catalogue()
    {
        await using var network = new TestNetwork(1, 2, 3);
        foreach (var id in (int[])[1, 2, 3])
            network.Put(id, $"of {id}.txt", "four");
        foreach (var id in (int[])[1, 2, 3])
            network.Start(id);
        await network.LedByAsync(1);
        await Each(new CatalogueReport(3, 12));

        network.Put(2, "later.txt", "eight by");

        await Each(new CatalogueReport(4, 20));

        async Task Each(CatalogueReport catalogue)
        {
            foreach (var id in (int[])[1, 2, 3])
            {
                await network.HoldsAsync(
                    () => network[id].Status() is var status && status.Catalogue == catalogue && status.Listings == new ListingsReport(3, 3),
                    $"node {id} shows {catalogue}");
            }
        }
    }

    [Fact]
    public async Task The_leader_has_a_copy_of_every_file_and_follows_changes()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "a.txt", "first");
        network.Put(2, "deep/er/b.txt", "second");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "a.txt") == "first" && network.Copy(1, 2, "deep/er/b.txt") == "second", "node 1 has both files");

        network.Put(2, "a.txt", "changed");
        network.Put(2, "c.txt", "new");
        File.Delete(Path.Combine(network.Folder(2), "deep/er/b.txt"));

        await network.HoldsAsync(
            () => network.Copy(1, 2, "a.txt") == "changed" && network.Copy(1, 2, "c.txt") == "new" && network.Copy(1, 2, "deep/er/b.txt") is null,
            "node 1 has followed");
        await network.HoldsAsync(() => network[1].Status().Pending is { Files: 0 }, "nothing is pending");
        Assert.Contains("second", Directory.EnumerateFiles(Path.Combine(network.Folder(1), ".p2pnode/trash"), "b.txt", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Copies_that_were_deleted_or_edited_by_hand_are_fetched_again()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "deleted.txt", "first");
        network.Put(2, "edited.txt", "second");
        Directory.CreateDirectory(Path.Combine(network.Folder(2), "empty"));
        network.Start(1);
        network.Start(2);
        var copies = Path.Combine(network.Folder(1), "peers", "NODE2");
        await network.HoldsAsync(
            () => network.Copy(1, 2, "deleted.txt") is not null && network.Copy(1, 2, "edited.txt") is not null && Directory.Exists(Path.Combine(copies, "empty")),
            "node 1 has both files and the folder");

        File.Delete(Path.Combine(copies, "deleted.txt"));
        File.WriteAllText(Path.Combine(copies, "edited.txt"), "by hand");
        Directory.Delete(Path.Combine(copies, "empty"));
        network[1].Rescan(acceptLoss: false);

        await network.HoldsAsync(
            () => network.Copy(1, 2, "deleted.txt") == "first" && network.Copy(1, 2, "edited.txt") == "second" && Directory.Exists(Path.Combine(copies, "empty")),
            "node 1 has them again");
        Assert.Contains("by hand", Directory.EnumerateFiles(Path.Combine(network.Folder(1), ".p2pnode/trash"), "edited.txt", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Files_and_copies_that_were_changed_and_have_their_times_back_are_noticed()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "own.txt", "first");
        network.Put(2, "damaged.txt", "second");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "own.txt") is not null && network.Copy(1, 2, "damaged.txt") is not null, "node 1 has both files");

        InPlace.Overwrite(Path.Combine(network.Folder(2), "own.txt"), "FIRST");
        InPlace.Overwrite(Path.Combine(network.Folder(1), "peers", "NODE2", "damaged.txt"), "SECOND");
        network[1].Rescan(acceptLoss: false);

        await network.HoldsAsync(
            () => network.Copy(1, 2, "own.txt") == "FIRST" && network.Copy(1, 2, "damaged.txt") == "second",
            "node 1 has the new version of the one, and the other again");
    }

    [Fact]
    public async Task The_leader_hears_that_a_follower_lost_a_copy()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(3, "a.txt", "of node 3");
        network.Start(2);
        network.Start(3);
        await network.HoldsAsync(() => network.Copy(2, 3, "a.txt") is not null, "node 2 has it");
        network.Start(1);
        await network.LedByAsync(1);
        await network.HoldsAsync(() => Holders().SequenceEqual([1, 2, 3]), "three nodes hold it");

        File.Delete(Path.Combine(network.Folder(2), "peers", "NODE3", "a.txt"));
        network[2].Rescan(acceptLoss: false);

        await network.HoldsAsync(() => Holders().SequenceEqual([1, 3]), "node 2 holds it no more");

        IEnumerable<int> Holders() => network[1].FilesAsync(FileQuery.All, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult()
            .Files.Where(file => file.Path == "a.txt").SelectMany(file => file.Holders).Select(holder => holder.Id.Value);
    }

    [Fact]
    public async Task No_loss_is_accepted_in_a_folder_that_is_not_the_one_that_the_node_began_with()
    {
        await using var network = new TestNetwork(1);
        network.Start(1);
        await network.LedByAsync(1);
        var folder = network.Folder(1);
        Directory.Move(folder, folder + ".away");
        Directory.CreateDirectory(Path.Combine(folder, ".p2pnode"));

        var refused = Assert.Throws<RescanRefusedException>(() => network[1].Rescan(acceptLoss: true));

        Assert.StartsWith($"{folder} was moved away, replaced or unmounted", refused.Message);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder, ".p2pnode")));
    }

    [Fact]
    public async Task What_an_interim_leader_collected_stays_and_serves_when_its_owner_is_gone()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(3, "legacy.txt", "of node 3");
        network.Start(2);
        network.Start(3);
        await network.HoldsAsync(() => network.Copy(2, 3, "legacy.txt") == "of node 3", "node 2 has it");
        await network.StopAsync(3);

        network.Start(1);
        await network.LedByAsync(1);

        await network.HoldsAsync(() => network.Copy(1, 3, "legacy.txt") == "of node 3", "node 1 has it from node 2");
        Assert.Equal("of node 3", network.Copy(2, 3, "legacy.txt"));
    }

    [Fact]
    public async Task Copies_outlast_an_owner_that_comes_back_without_its_state_and_a_restart_of_their_keeper()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "lost.txt", "all that is left");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "lost.txt") is not null, "node 1 has the file");
        await network.StopAsync(2);
        Directory.Delete(network.Folder(2), recursive: true);

        network.Put(2, "new.txt", "after the loss");
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "new.txt") is not null, "node 1 follows the new list");
        Assert.Equal("all that is left", network.Copy(1, 2, "lost.txt"));
        await network.StopAsync(1);
        network.Put(2, "newer.txt", "while node 1 was away");
        network.Start(1);
        await network.HoldsAsync(() => network.Copy(1, 2, "newer.txt") is not null, "node 1 follows again");

        await network.HoldsAsync(() => network[1].Status().Pending is { Files: 0 }, "nothing is pending");
        Assert.Equal("all that is left", network.Copy(1, 2, "lost.txt"));
    }

    [Fact]
    public async Task An_owner_that_lost_its_state_but_no_file_is_not_said_to_have_lost_files()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "a.txt", "a");
        network.Put(2, "b.txt", "b");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "a.txt") is not null && network.Copy(1, 2, "b.txt") is not null, "node 1 has the files");
        await network.StopAsync(2);
        Directory.Delete(Path.Combine(network.Folder(2), ".p2pnode"), recursive: true);
        File.Delete(Path.Combine(network.Folder(2), "b.txt"));
        network.Put(2, "c.txt", "c");

        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "c.txt") is not null, "node 1 follows the new list");
        await network.HoldsAsync(() => Told().Any(), "node 1 tells what it keeps");

        Assert.EndsWith("Node 2 has come back with another list, without 1 file that was copied here: what is here is kept", Assert.Single(Told()));

        IReadOnlyList<string> Told()
        {
            lock (network.Log)
                return [.. network.Log.Where(line => line.Contains("has come back with another list", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public async Task What_was_deleted_while_the_leader_was_away_goes_to_its_trash()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "deleted.txt", "x");
        network.Put(2, "kept.txt", "y");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "deleted.txt") is not null && network.Copy(1, 2, "kept.txt") is not null, "node 1 has the files");
        await network.StopAsync(1);

        File.Delete(Path.Combine(network.Folder(2), "deleted.txt"));
        network.Start(1);

        await network.HoldsAsync(() => network.Copy(1, 2, "deleted.txt") is null, "the copy is gone");
        Assert.Equal("y", network.Copy(1, 2, "kept.txt"));
    }
}
