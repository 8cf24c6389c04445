using System.Runtime.Versioning;
using System.Text.Json;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Security;
using P2PNode.Seeds;
using Serilog.Core;

namespace P2PNode.Tests.Cli;

public sealed class NetworkCommandTests : CommandLineFixture
{
    [Fact]
    public async Task A_network_is_made_once_and_invites()
    {
        WriteNodesFile();

        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Matches("^Made network [0-9a-f]{32}\\.\n$", Output);
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7", "--expires", "2h"));
        Assert.True(JoinToken.TryParse(Output.Split('\n')[1], out var token));
        Assert.Equal(7, token.Id.Value);
        Assert.InRange(token.Expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "9"));
        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        Assert.Equal((token.Network, "created"), (show.GetProperty("network").GetString(), show.GetProperty("kind").GetString()));
        Assert.Equal(7, Assert.Single(show.GetProperty("invites").EnumerateArray()).GetProperty("id").GetInt32());
        Assert.Equal("[9]", show.GetProperty("revoked").GetRawText());
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Contains("7  node  invitation  20", Output, StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("network", "create"));
        Assert.Contains($"There is a network here already, {token.Network};", Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_without_the_ca_shows_the_network_that_its_node_has_joined(bool besideLocal)
    {
        if (besideLocal)
            new NetworkFolder(Folder).LoadOrCreate(local: true, TimeProvider.System).Authority.Dispose();
        using var authority = NetworkAuthority.Create(local: false, TimeProvider.System);
        var list = DenyList.Empty(authority.Network).Revoke(new NodeId(9), authority, TimeProvider.System).Revoke(new NodeId(7), authority, TimeProvider.System);
        var folder = IdentityFolder.OfNode(Path.Combine(Folder, "NODE7"));
        using var key = folder.LoadOrCreateKeyToJoin();
        using var certificate = authority.Issue(new NodeId(7), new(key), TimeProvider.System, notBefore: list.RevokedUntil[new NodeId(7)]);
        folder.SaveJoined(key, certificate, authority.Certificate, new NodeName(authority.Network, new NodeId(7)), list);

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output);
        Assert.Equal((authority.Network, "joined", 2), (show.GetProperty("network").GetString(), show.GetProperty("kind").GetString(), show.GetProperty("denyList").GetInt32()));
        Assert.Equal(("[9]", "[7]"), (show.GetProperty("revoked").GetRawText(), show.GetProperty("letInAgain").GetRawText()));
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), Assert.Single(show.GetProperty("nodes").EnumerateArray()).GetProperty("ends").GetDateTime());
        Assert.Equal(0, await RunAsync("network", "show", "--id", "7"));
        Assert.Contains($"Network {authority.Network} (joined)\n", Output, StringComparison.Ordinal);
        Assert.Matches("deny list +2\n +revoked +9\n +let in again +7\n", Output);
    }

    [Fact]
    public async Task Who_was_revoked_and_certified_since_is_shown_as_let_in_again()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "8"));
        var office = new AuthorityOffice(new NetworkFolder(Folder), TimeProvider.System);
        var token = (await office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop)).Token;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        (await office.RedeemAsync(new NodeId(7), new(key), token.Prove(new System.Security.Cryptography.X509Certificates.PublicKey(key).ExportSubjectPublicKeyInfo()), Stop)).Dispose();

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        Assert.Equal(("[8]", "[7]"), (show.GetProperty("revoked").GetRawText(), show.GetProperty("letInAgain").GetRawText()));
    }

    [Fact]
    public async Task Seeds_are_told_apart_from_nodes()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "invite", "--seed"));

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        var roles = show.GetProperty("invites").EnumerateArray().ToLookup(invite => invite.GetProperty("role").GetString(), invite => invite.GetProperty("id").GetInt32());
        Assert.Equal(7, Assert.Single(roles["node"]));
        Assert.Single(roles["seed"]);
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Contains("7  node  invitation  20", Output, StringComparison.Ordinal);
        Assert.Contains($"{roles["seed"].Single()}  seed  invitation  20", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_number_is_not_given_to_a_seed_and_to_a_node()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));

        Assert.NotEqual(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.Equal("7 is the number of a seed; choose another one for the node.", Error.Split('\n')[^2]);
        var beside = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        Assert.Equal("7 is the number of a seed; choose another one for the node.", (await Assert.ThrowsAsync<KeyException>(() => beside.ResolveAsync([], Stop))).Message);
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Contains("Seed 7 is revoked, though nothing is known to have been issued to it", Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
    }

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
    public async Task A_file_in_the_place_of_the_state_is_named_with_what_to_do()
    {
        var path = Path.Combine(Folder, ".p2pnode");
        File.WriteAllText(path, "");

        Assert.Equal(2, await RunAsync("network", "create"));

        Assert.Equal($"{path} is a file, where P2PNode needs a folder; move it away.\n", Error);
    }

    [Fact]
    public async Task Revoking_says_whether_there_was_anything_to_revoke()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        await enrolment.ResolveAsync([], Stop);

        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "77"));

        Assert.Contains("Node 7 is revoked (deny list 1). ", Output, StringComparison.Ordinal);
        Assert.Contains("Node 7 was revoked before, and is again (deny list 2). ", Output, StringComparison.Ordinal);
        Assert.Contains("Node 77 is revoked, though nothing is known to have been issued to it: 'p2pnode network show' shows whom there is (deny list 3). ", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_of_this_machine_alone_invites_nobody_and_gives_way()
    {
        new NetworkFolder(Folder).LoadOrCreate(local: true, TimeProvider.System).Authority.Dispose();

        Assert.Equal(2, await RunAsync("network", "invite", "--id", "7"));
        Assert.Contains("make one for several machines with 'p2pnode network create'", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
    }

    [Theory]
    [InlineData(4, "There are no keys of any network here.", "show")]
    [InlineData(2, "There is no network's CA in ", "invite", "--id", "7")]
    [InlineData(2, "There is no network's CA in ", "revoke", "--id", "7")]
    [InlineData(2, "Say which node with --id.", "revoke")]
    [InlineData(2, "--expires must be ", "invite", "--id", "7", "--expires", "5w")]
    [InlineData(2, "--expires must be ", "invite", "--id", "7", "--expires", "31d")]
    [InlineData(2, "That is no token: ", "join", "ABC", "--seed", "127.0.0.1:1")]
    [InlineData(2, "'127.0.0.1:1' is more than 'p2pnode network invite' can take.", "invite", "--id", "7", "--seed", "127.0.0.1:1")]
    [InlineData(2, "'--folder' is not an option of 'p2pnode network invite'", "invite", "--folder", "x")]
    [InlineData(2, "'p2pnode network --help' shows", "nonsense")]
    public async Task What_cannot_be_done_is_told_in_a_sentence(int code, string sentence, params string[] args)
    {
        Assert.Equal(code, await RunAsync(["network", .. args]));

        Assert.Contains(sentence, Error, StringComparison.Ordinal);
        Assert.Empty(Output);
        Assert.False(Directory.Exists(Path.Combine(Folder, ".p2pnode")));
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
    public async Task Who_invites_again_is_told_that_the_former_token_is_void()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.DoesNotContain("The former token", Error, StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7", "--json"));

        Assert.Equal("The former token for node 7 is void.", Error.Split('\n')[^2]);
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(Output, "7 +node +invitation"));
    }

    [Fact]
    public async Task Who_invites_a_member_is_told_that_its_certificate_is_good_all_the_same()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        var member = await enrolment.ResolveAsync([], Stop);

        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));

        Assert.Equal(
            $"The certificate that node 7 has is good until {member.Ends:yyyy-MM-dd} all the same; if its key was lost or stolen, run 'p2pnode network revoke --id 7' and invite it again.",
            Error.Split('\n')[^2]);
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

    [Theory]
    [InlineData("join", "Which node to ask")]
    [InlineData("revoke", "Required; P2PNODE_ID does not count here.")]
    [InlineData("invite", "Required, but with --seed, where one is chosen")]
    public async Task The_help_says_what_an_option_means_there(string command, string text)
    {
        Assert.Equal(0, await RunAsync("network", command, "--help"));

        Assert.Contains(text, string.Join(' ', Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("Has no effect yet", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_node_is_revoked_because_the_environment_names_it()
    {
        Variables["P2PNODE_ID"] = "7";
        Assert.Equal(0, await RunAsync("network", "create"));

        Assert.Equal(2, await RunAsync("network", "revoke"));
        Assert.Contains("Say which node with --id.", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "invite"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "8"));
        Assert.Contains("Node 8 is revoked", Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invite")]
    [InlineData("revoke")]
    public async Task Who_may_not_write_the_keys_is_told(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.Equal(0, await RunAsync("network", "create"));
        Directory.CreateDirectory(Path.Combine(Folder, ".p2pnode", "network", "lock")); // Keeps root out too.

        Assert.Equal(1, await RunAsync("network", command, "--id", "7"));

        Assert.Contains("denied; run this as the user whose the network's keys are.\n", Error, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Who_may_not_look_for_keys_is_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "No file mode keeps this user out.");
        Assert.Equal(0, await RunAsync("network", "create"));
        var state = new DirectoryInfo(Path.Combine(Folder, ".p2pnode"));
        var mode = state.UnixFileMode;
        try
        {
            state.UnixFileMode = UnixFileMode.None;

            Assert.Equal(2, await RunAsync("network", "show"));
            Assert.Contains("cannot be read: ", Error, StringComparison.Ordinal);
            Assert.DoesNotContain("There are no keys", Error, StringComparison.Ordinal);
        }
        finally
        {
            state.UnixFileMode = mode;
        }
    }
}
