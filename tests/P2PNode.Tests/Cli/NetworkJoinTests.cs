using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Security;
using P2PNode.Seeds;
using Serilog.Core;

namespace P2PNode.Tests.Cli;

public sealed class NetworkJoinTests : CommandLineFixture
{
    [Theory]
    [InlineData("p2pnode --id 7")]
    [InlineData("p2pnode --id 7", "--folder", "NODE7")]
    [InlineData("p2pnode --id 7 --folder other", "--folder", "other")]
    [InlineData("p2pnode --id 7 --config nodes.json --folder other", "--folder", "other", "--config", "nodes.json")]
    public async Task Who_has_joined_is_told_how_to_start_there_and_nobody_else_looks_in(string start, params string[] where)
    {
        WriteNodesFile();
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));

        Assert.Equal(0, await RunAsync(["network", "join", Output.Split('\n')[2], .. where]));

        Assert.EndsWith($"; start it with '{start}'.\n", Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Folder, where is [_, var folder, ..] ? folder : "NODE7", ".p2pnode")));
    }

    [Theory]
    [InlineData("file", "is a file; name a folder with --folder.")]
    [InlineData("/dev/null/node", "cannot be made (")]
    public async Task A_place_where_no_node_can_join_is_told_in_a_sentence(string folder, string sentence)
    {
        File.WriteAllText(Path.Combine(Folder, "file"), "");
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));

        Assert.Equal(2, await RunAsync("network", "join", Output.Split('\n')[2], "--folder", folder));

        Assert.Contains(sentence, Error.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_that_nobody_answers_says_what_to_do()
    {
        var token = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7)), TimeProvider.System.GetUtcNow().AddDays(1)).ToString();

        Assert.Equal(1, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1"));

        Assert.Equal("127.0.0.1:1: no node listens there; start one beside the network's CA, or correct the address\n", Error);
    }

    [Fact]
    public async Task A_machine_with_a_ca_of_its_own_joins_no_other_network()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
        var own = Output.Split('\n')[1];
        var other = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7)), TimeProvider.System.GetUtcNow().AddDays(1));

        Assert.Equal(2, await RunAsync("network", "join", own, "--seed", "127.0.0.1:1"));
        Assert.Contains("The CA of that network is here, so node 7 needs no token", Error, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("network", "join", other.ToString(), "--seed", "127.0.0.1:1"));
        Assert.Contains("Here is the CA of another network", Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--seed", "127.0.0.1:1")]
    public async Task A_node_that_was_revoked_beside_the_ca_joins_there_though_no_node_runs_that_it_could_ask(params string[] seed)
    {
        WriteNodesFile();
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "1"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE1")), new NodeId(1), TimeProvider.System, Logger.None);
        var told = await Assert.ThrowsAsync<IdentityRefusedException>(() => enrolment.ResolveAsync([], Stop));
        Assert.Equal("Node 1 was revoked; to let it in again run 'p2pnode network invite --id 1' here, and then 'p2pnode network join TOKEN'.", told.Message);
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "1"));
        Assert.Contains("; where the network's CA is, without --seed.\n", Error, StringComparison.Ordinal);
        var token = Output.Split('\n')[2];

        Assert.Equal(0, await RunAsync(["network", "join", token, .. seed]));

        Assert.Contains("Node 1 is a member of network ", Output, StringComparison.Ordinal);
        Assert.Equal(new NodeId(1), (await enrolment.ResolveAsync([], Stop)).Name.Id);
        Assert.Equal(0, await RunAsync("network", "join", token));
        Assert.Contains("Node 1 has joined network ", Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Folder, "NODE1", ".p2pnode", "identity", "join.key")));
        Assert.Equal(7, await RunAsync("network", "join", token, "--folder", "other"));
        Assert.Equal("The CA here: the token was used already; have the node invited again", Error.Split('\n')[^2]);
        Assert.False(File.Exists(Path.Combine(Folder, "other", ".p2pnode", "identity", "join.key")));
    }

    [Fact]
    public async Task A_seed_that_was_revoked_is_told_how_it_comes_back_under_its_number()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "SEED")), new NodeId(7), TimeProvider.System, Logger.None, NameRole.Seed);

        var told = await Assert.ThrowsAsync<IdentityRefusedException>(() => enrolment.ResolveAsync([], Stop));
        Assert.Equal("Seed 7 was revoked; to let it in again run 'p2pnode network invite --seed --id 7' here, and then 'p2pnode network join TOKEN --folder DIR'.", told.Message);
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "join", Output.Split('\n')[2], "--folder", "SEED"));

        Assert.Contains("Seed 7 is part of network ", Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "join", Output.Split('\n')[2], "--folder", "SEED"));
        Assert.Matches("Seed 7 has joined network [0-9a-f]{32} already, and is part of it until .*; start it with 'p2pnode seed --listen HOST:PORT --folder SEED'\\.\n$", Output);
        Assert.Equal(NameRole.Seed, (await enrolment.ResolveAsync([], Stop)).Name.Role);
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.StartsWith("Seed 7 is revoked (deny list 2). ", Output.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_refused_as_one_that_was_used_is()
    {
        var token = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7)), TimeProvider.System.GetUtcNow().AddMinutes(-1)).ToString();

        Assert.Equal(7, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1"));

        Assert.Equal("The token has expired; have it invited again.\n", Error);
        Assert.False(Directory.Exists(Path.Combine(Folder, "NODE7")));
    }

    [Fact]
    public async Task A_node_does_not_join_in_the_folder_of_one_that_runs()
    {
        var token = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7)), TimeProvider.System.GetUtcNow().AddDays(1)).ToString();
        using (NodeFolder.Open(Path.Combine(Folder, "NODE7"), Logger.None))
        {
            Assert.Equal(2, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1"));
            Assert.Contains($"A node runs in {Path.Combine(Folder, "NODE7")}; stop it first, or name another folder for node 7 with --folder.", Error, StringComparison.Ordinal);
        }

        Assert.Equal(1, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1"));
    }

    [Theory]
    [InlineData(false, true, 7, 1)]
    [InlineData(false, false, 7, 2)]
    [InlineData(false, true, 8, 2)]
    [InlineData(true, false, 7, 1)]
    [InlineData(true, false, 8, 2)]
    public async Task Only_an_identity_of_the_same_node_and_network_gives_way(bool local, bool sameNetwork, int id, int code)
    {
        using var authority = NetworkAuthority.Create(local, TimeProvider.System);
        var identity = IdentityFolder.OfNode(Path.Combine(Folder, "NODE7"));
        using (var key = identity.LoadOrCreateKey())
        using (var certificate = authority.Issue(new NodeId(id), new(key), TimeProvider.System))
            identity.Save(key, certificate, authority.Certificate);
        var network = sameNetwork ? authority.Network : new string('a', 32);
        var token = JoinToken.Create(new NodeName(network, new NodeId(7)), TimeProvider.System.GetUtcNow().AddDays(1)).ToString();

        Assert.Equal(code, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1"));

        var told = local ? "the network of this machine alone" : $"network {authority.Network}";
        Assert.Equal(code == 2, Error.Contains($"{identity.Path} is the identity of node {id} of {told}; name another folder with --folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_seed_beside_the_ca_needs_no_token_and_is_called_a_seed()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));

        Assert.Equal(2, await RunAsync("network", "join", Output.Split('\n')[1], "--folder", "SEED"));

        Assert.EndsWith("The CA of that network is here, so seed 7 needs no token; start it.\n", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_the_way_of_a_seed_that_joins_is_told_of_seeds()
    {
        var token = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7), NameRole.Seed), TimeProvider.System.GetUtcNow().AddDays(1)).ToString();
        using var authority = NetworkAuthority.Create(local: false, TimeProvider.System);
        var identity = IdentityFolder.OfNode(Path.Combine(Folder, "SEED"));
        using (var key = identity.LoadOrCreateKey())
        using (var certificate = authority.Issue(new NodeId(9), new(key), TimeProvider.System, role: NameRole.Seed))
            identity.Save(key, certificate, authority.Certificate);

        Assert.Equal(2, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1", "--folder", "SEED"));
        Assert.EndsWith($"{identity.Path} is the identity of seed 9 of network {authority.Network}; name another folder with --folder, or move .p2pnode/identity away.\n", Error, StringComparison.Ordinal);
        using (SeedFolder.Open(Path.Combine(Folder, "SEED")))
            Assert.Equal(2, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1", "--folder", "SEED"));
        Assert.EndsWith($"A seed runs in {Path.Combine(Folder, "SEED")}; stop it first, or name another folder for seed 7 with --folder.\n", Error, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("network", "join", token, "--seed", "127.0.0.1:1", "--folder", "S", "--id", "8"));
    }

    [Theory]
    [InlineData("", 1, "127.0.0.1:1: ")]
    [InlineData("x", 2, "That is no token: ")]
    public async Task A_token_can_come_from_the_standard_input(string before, int code, string sentence)
    {
        var token = JoinToken.Create(new NodeName(new string('a', 32), new NodeId(7)), TimeProvider.System.GetUtcNow().AddDays(1));
        Input = new StringReader($"{before}{token}\nmore\n");

        Assert.Equal(code, await RunAsync("network", "join", "-", "--seed", "127.0.0.1:1"));

        Assert.Contains(sentence, Error, StringComparison.Ordinal);
        Assert.Equal("more", Input.ReadLine());
    }
}
