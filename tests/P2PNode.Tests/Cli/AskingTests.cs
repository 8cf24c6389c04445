using System.Text.Json;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Tests.Api;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Cli;

public sealed class AskingTests : CommandLineFixture
{
    [Fact]
    public async Task Status_as_JSON_is_one_document_and_nothing_else()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("status", "--json"));

        Assert.Equal(JsonSerializer.Serialize(Node.Report, NodeQueriesJson.Status) + "\n", Output);
        Assert.Empty(Error);
    }

    [Fact]
    public async Task Status_for_people_says_who_leads_and_what_is_missing()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);
        Node.Report = Node.Report with
        {
            Pending = new PendingReport(3, 5 << 20) { Reasons = [new PendingReason("the disk is full", 2)] },
            NotShared = [new NotSharedReport("a:b", "a colon")],
        };

        Assert.Equal(0, await RunAsync("status"));

        Assert.Equal(
            """
            Node 1 leads (epoch 7)
              links       2, 3
              successor   2
              catalogue   12 files, 3.4 KiB (so far: 2 of 3 listings)
              pending     3 files, 5.0 MiB
                          2 files: the disk is full
              not shared  a:b: a colon
            ID  Name   Address         State  Last heard
             2  NODE2  127.0.0.1:5002  alive  2026-01-31 12:00:00

            """,
            Output);
    }

    [Fact]
    public async Task The_diagnosis_says_for_each_address_what_came_of_it_and_why()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("members", "--diagnose"));
        Assert.Equal(
            """
            ID  Address         Known                   Result   Why
             2  127.0.0.1:5002  configured, discovered  one way  it dialled this node

            """,
            Output);
    }

    [Fact]
    public async Task The_diagnosis_as_JSON_is_as_the_documentation_has_it()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("members", "--diagnose", "--json"));
        Assert.Equal(
            """[{"id":2,"address":"127.0.0.1:5002","sources":["configured","discovered"],"result":"oneWay","detail":"it dialled this node","milliseconds":7}]""" + "\n",
            Output);
    }

    [Fact]
    public async Task A_loss_that_is_held_is_shown_with_the_command_that_accepts_it()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);
        Node.Report = Node.Report with { Missing = 150 };

        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("  missing    150 files, still offered; if gone for good: p2pnode rescan --accept-loss --id 1", Output);
        Assert.Equal(0, await RunAsync("rescan"));
        Assert.Equal(0, await RunAsync("rescan", "--accept-loss", "--id", "1"));
        Assert.Equal([false, true], Node.Rescans);
    }

    [Fact]
    public async Task A_text_is_said_by_the_node_that_is_asked()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("say", "Gruß an alle"));
        Assert.Equal("Node 1 says it to all.\n", Output);
        Assert.Equal(0, await RunAsync("say", "again", "--json"));
        Assert.EndsWith("""{"id":1,"text":"again"}""" + "\n", Output, StringComparison.Ordinal);
        Assert.Equal(["Gruß an alle", "again"], Node.Said);
        Assert.Equal(2, await RunAsync("say", ""));
        Assert.Contains("There is nothing to say: give a text.", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_on_its_way_is_shown_with_source_and_rate()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);
        Node.Report = Node.Report with { Transfers = [new TransferReport("NODE2/disk.iso", [new NodeId(2), new NodeId(3)], new NodeId(1), 1 << 20, 4 << 20, 2 << 20)] };

        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("  transfers  [#####---------------]  25 % NODE2/disk.iso from node 2, 3: 1.0 MiB of 4.0 MiB, 2.0 MiB/s\n", Output);
        Assert.Equal(0, await RunAsync("status", "--json"));
        Assert.Contains("""
            "transfers":[{"file":"NODE2/disk.iso","from":[2,3],"to":1,"done":1048576,"size":4194304,"rate":2097152}]
            """.Trim(), Output);
    }

    [Fact]
    public async Task What_goes_to_another_node_is_shown_with_its_target()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);
        Node.Report = Node.Report with { Transfers = [new TransferReport("NODE1/disk.iso", [new NodeId(1)], new NodeId(2), 1 << 20, 4 << 20, 2 << 20)] };

        Assert.Equal(0, await RunAsync("status"));

        Assert.Contains("  transfers  [#####---------------]  25 % NODE1/disk.iso to node 2: 1.0 MiB of 4.0 MiB, 2.0 MiB/s\n", Output);
    }

    [Fact]
    public async Task A_watch_tells_each_change_until_it_is_interrupted()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Node.Report = Node.Report with { Listings = new ListingsReport(3, 3), Pending = new PendingReport(4, 4096) };

        var watching = RunUntilAsync(interrupt.Token, "status", "--watch");
        await Eventually.HoldsAsync(() => Output.Contains("pending 4 files, 4.0 KiB", StringComparison.Ordinal), "the first status is told");
        Node.Report = Node.Report with { Pending = new PendingReport(1, 1024) };
        await Eventually.HoldsAsync(() => Output.Contains("[###############-----]  75 % 3 of 4 files", StringComparison.Ordinal), "progress is told");
        await interrupt.CancelAsync();

        Assert.Equal(0, await watching);
        Assert.Equal("Node 1 leads (epoch 7); 12 files, 3.4 KiB; pending 4 files, 4.0 KiB; [--------------------]   0 % 0 of 4 files", Output.Split('\n')[0]);
    }

    [Theory]
    [InlineData(NodeRole.Follower, 1, null, null, "Node 2 follows node 1 (epoch 7)")]
    [InlineData(NodeRole.Electing, null, 1, null, "Node 2 cannot reach the leader, node 1, though others can (epoch 7)")]
    [InlineData(NodeRole.Electing, null, 1, 1, "Node 2 has no leader, as node 1 is full (maxPeers) (epoch 7)")]
    [InlineData(NodeRole.Electing, null, null, null, "Node 2 is electing a leader (epoch 7)")]
    public async Task Status_starts_with_the_role(NodeRole role, int? leader, int? outOfReach, int? full, string headline)
    {
        WriteNodesFile();
        await using var endpoint = StartNode(2);
        Node.Report = Node.Report with
        {
            Id = new NodeId(2),
            Role = role,
            Leader = leader is { } id ? new NodeId(id) : null,
            OutOfReach = outOfReach is { } unreached ? new NodeId(unreached) : null,
            NoRoomAt = full is { } there ? new NodeId(there) : null,
        };

        Assert.Equal(0, await RunAsync("status", "--id", "2"));

        Assert.StartsWith(headline + "\n", Output);
    }

    [Fact]
    public async Task Members_are_a_JSON_array()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("members", "--json"));

        Assert.Equal(
            """
            [{"id":2,"address":"127.0.0.1:5002","state":"alive","name":"NODE2","lastSeen":"2026-01-31T12:00:00.0000000Z"}]

            """,
            Output);
    }

    [Fact]
    public async Task Files_are_columns_and_an_incomplete_list_is_told_on_the_side()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("files"));

        // A Japanese letter is two columns wide, so the size stands under its title.
        Assert.Equal(
            """
            Owner  Path                 Size  Changed              Held by
                2  docs/Ä <b> 日本.txt  12 B  2026-01-31 12:00:00  2

            """,
            Output);
        Assert.Equal("Files may be missing: 2 of 3 listings are complete.\n", Error);
    }

    [Fact]
    public async Task Files_as_JSON_are_an_array_of_rows()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("files", "--json"));

        Assert.Equal($"[{JsonSerializer.Serialize(StubNode.File, NodeQueriesJson.FileRow)}]\n", Output);
    }

    [Fact]
    public async Task A_pattern_without_a_match_ends_with_4_and_no_files_at_all_with_0()
    {
        WriteNodesFile();
        Node.OnFiles = (_, _) => ValueTask.FromResult(new FilesReport([], new ListingsReport(3, 3), 0));
        await using var endpoint = StartNode(1);

        Assert.Equal(4, await RunAsync("files", "x*", "--json"));
        Assert.Equal(("[]\n", "No file matches 'x*'.\n"), (Output, Error));
        Assert.Equal(0, await RunAsync("files"));
    }

    [Fact]
    public async Task A_missing_leader_ends_with_6()
    {
        WriteNodesFile();
        Node.OnFiles = (_, _) => throw new NoLeaderException();
        await using var endpoint = StartNode(1);

        Assert.Equal(6, await RunAsync("files", "--json"));
        Assert.Equal(("{\"error\":\"There is no leader at the moment.\"}\n", "There is no leader at the moment.\n"), (Output, Error));
    }

    [Fact]
    public async Task Without_an_ID_the_lowest_running_node_of_the_file_is_asked()
    {
        WriteNodesFile();
        await using var endpoint = StartNode(3);

        Assert.Equal(0, await RunAsync("members"));
    }

    [Theory]
    [InlineData("status", "No node of nodes.json is running; start one with 'p2pnode --id 1', or all with 'p2pnode up'.\n")]
    [InlineData("status --id 2", "Node 2 is not running; start it with 'p2pnode --id 2'.\n")]
    [InlineData("files --folder X", "No node runs with the folder X; start it with 'p2pnode --folder X'.\n")]
    public async Task A_node_that_does_not_run_ends_a_question_with_3(string args, string sentence)
    {
        WriteNodesFile();

        Assert.Equal(3, await RunAsync(args.Split(' ')));

        Assert.Equal((sentence, ""), (Error, Output));
    }

    [Fact]
    public async Task A_node_is_found_without_a_file_by_its_folder_or_where_that_lies()
    {
        await using var endpoint = StartNode(1);

        Assert.Equal(0, await RunAsync("status", "--folder", "NODE1"));
        Assert.Equal(0, await RunAsync("status"));
    }
}
