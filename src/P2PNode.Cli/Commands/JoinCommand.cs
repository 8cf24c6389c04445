using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Cli.Commands;

/// <summary>Makes a node or a seed of this machine part of a network, with a token from who holds the network's CA.</summary>
internal sealed class JoinCommand(CommandOptions options, Surroundings surroundings)
{
    private readonly Argument<string> _token = new("TOKEN") { Description = "What 'p2pnode network invite' printed; '-' reads it from the standard input, so that no list of processes shows it." };

    private readonly Option<string[]> _seed = new("--seed")
    {
        Description = "Which node to ask: one that runs on the machine with the CA; several are asked in turn. Required, but on that machine itself.",
        HelpName = "HOST:PORT",
    };

    public Command Create()
    {
        var join = new Command("join", "Join a network with a token.") { _token, _seed, options.Config, options.Folder };
        join.SetAction(async (parsed, stop) => (int)await RunAsync(parsed, stop));
        return join;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var token = await TokenAsync(parsed.GetRequiredValue(_token), stop);
        if (surroundings.Clock.GetUtcNow() >= token.Expires)
        {
            await surroundings.Error.WriteLineAsync("The token has expired; have it invited again.");
            return ExitCode.Refused;
        }

        var given = options.Given(parsed);
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory);
        var office = Office(token, new NetworkFolder(NodeSettings.HomeOf(file, surroundings.WorkingDirectory)));
        if (office is null && given.Seeds is null)
            throw new ConfigurationException("Say which node to ask with --seed HOST:PORT: one that runs where the token was made.");
        var path = Folder(token, given, file);
        if (File.Exists(path))
            throw new ConfigurationException($"The folder {path} is a file; name a folder with --folder.");
        var start = Start(token, path, given, file);
        using var held = Hold(path, token);
        var folder = IdentityFolder.OfNode(path);
        CheckReplaces(folder, token);
        var (identity, refusals) = office is null ? await AskAsync(token, given.Seeds!, folder, stop) : await AdmitAsync(office, token, folder, stop);
        if (identity is null)
            return HasJoined(folder, token, refusals[^1].Reason, start) ? ExitCode.Done : await FailAsync(refusals);
        if (token.Name.Role is NameRole.Node && given.Folder is null)
            await new NodeChoice(given, file, surroundings.WorkingDirectory).Homes.PreferAsync(token.Id, surroundings.Clock, stop);
        var what = token.Name.Role is NameRole.Seed ? "part" : "a member";
        surroundings.Output.WriteLine($"{Capital(token.Name.Who)} is {what} of network {token.Network} until {identity.Ends:yyyy-MM-dd}; start it with '{start}'.");
        return ExitCode.Done;
    }

    private async Task<(NodeIdentity? Joined, List<(string By, PeerException Reason)> Refusals)> AskAsync(
        JoinToken token, IEnumerable<NodeAddress> seeds, IdentityFolder folder, CancellationToken stop)
    {
        List<(string By, PeerException Reason)> refusals = [];
        foreach (var seed in seeds)
        {
            try
            {
                return (await new JoinClient(folder, surroundings.Clock).JoinAsync(token, seed, stop), refusals);
            }
            catch (PeerException e)
            {
                refusals.Add((seed.ToString(), e));
            }
        }

        return (null, refusals);
    }

    private static async Task<(NodeIdentity? Joined, List<(string By, PeerException Reason)> Refusals)> AdmitAsync(
        AuthorityOffice office, JoinToken token, IdentityFolder folder, CancellationToken stop)
    {
        try
        {
            return (await office.AdmitAsync(token, folder, stop), []);
        }
        catch (JoinRefusedException e)
        {
            return (null, [("The CA here", new PeerException(e.IsUsed ? PeerFault.TokenUsed : PeerFault.Rejected, e.Message))]);
        }
    }

    /// <summary>Whether the token is used because this node or seed has joined with it, and still counts; says so.</summary>
    private bool HasJoined(IdentityFolder folder, JoinToken token, PeerException refusal, string start)
    {
        if (refusal.Fault is not PeerFault.TokenUsed || folder.LoadIfUsable() is not { } kept || kept.Name != token.Name)
            return false;
        if (surroundings.Clock.GetUtcNow() >= kept.Ends || folder.LoadRevoked(kept).Revokes(token.Id, NetworkAuthority.IssuedAt(kept.Certificate)))
            return false;
        folder.DropKeyToJoin();
        var what = token.Name.Role is NameRole.Seed ? "part of it" : "a member";
        surroundings.Output.WriteLine($"{Capital(token.Name.Who)} has joined network {token.Network} already, and is {what} until {kept.Ends:yyyy-MM-dd}; start it with '{start}'.");
        return true;
    }

    private async Task<ExitCode> FailAsync(List<(string By, PeerException Reason)> refusals)
    {
        foreach (var (by, reason) in refusals)
            await surroundings.Error.WriteLineAsync($"{by}: {reason.Message}");
        return refusals[^1].Reason.Fault is PeerFault.Rejected or PeerFault.TokenUsed or PeerFault.OtherNetwork ? ExitCode.Refused : ExitCode.Failed;
    }

    private async Task<JoinToken> TokenAsync(string given, CancellationToken stop)
    {
        var text = given == "-" ? await Task.Run(surroundings.ReadLine, stop).WaitAsync(stop) : given;
        return JoinToken.TryParse(text ?? "", out var token)
            ? token
            : throw new ConfigurationException("That is no token: a letter is wrong or missing. Copy the whole line that 'p2pnode network invite' printed.");
    }

    /// <summary>Where the CA of the token's network is: a node that was revoked comes back there too by an invitation alone, though there may be nobody to ask. Otherwise null.</summary>
    private AuthorityOffice? Office(JoinToken token, NetworkFolder network)
    {
        using var authority = network.Load();
        if (authority is null or { IsLocal: true })
            return null;
        if (authority.Network != token.Network)
            throw new ConfigurationException($"Here is the CA of another network, {authority.Network}; run the node elsewhere, or move .p2pnode/network away.");
        return network.LoadRevoked(authority).RevokedUntil.ContainsKey(token.Id)
            ? new AuthorityOffice(network, surroundings.Clock)
            : throw new ConfigurationException($"The CA of that network is here, so {token.Name.Who} needs no token; start it.");
    }

    /// <summary>What starts the node or seed in the folder in which it has joined.</summary>
    private string Start(JoinToken token, string path, GivenSettings given, NodesFile? file)
    {
        if (token.Name.Role is NameRole.Seed)
            return $"p2pnode seed --listen HOST:PORT --folder {given.Folder}";
        var isUsual = path == NodeSettings.UsualFolderOf(token.Id, file, surroundings.WorkingDirectory);
        return $"p2pnode --id {token.Id}{(given.Config is { } config ? $" --config {config}" : "")}{(isUsual ? "" : $" --folder {given.Folder}")}";
    }

    private string Folder(JoinToken token, GivenSettings given, NodesFile? file)
    {
        if (token.Name.Role is NameRole.Seed && given.Folder is null)
            throw new ConfigurationException("The token is for a seed; say which folder is to be its own with --folder DIR.");
        var folder = NodeSettings.FolderOf(token.Id, given, file, surroundings.WorkingDirectory);
        if (given.Id is { } id && id != token.Id)
            throw new ConfigurationException($"The token is for {token.Name.Who}, not for {id}.");
        return folder;
    }

    /// <summary>A node that runs would go on as who it was, and might write over what this does.</summary>
    private static IDisposable? Hold(string folder, JoinToken token)
    {
        try
        {
            return NodeFolder.Hold(folder);
        }
        catch (FolderInUseException)
        {
            throw new ConfigurationException($"A {(FolderOwner.FindSeed(folder) is null ? "node" : "seed")} runs in {folder}; stop it first, or name another folder for {token.Name.Who} with --folder.");
        }
    }

    private static string Capital(string who) => char.ToUpperInvariant(who[0]) + who[1..];

    /// <summary>Only the same node or seed of the same network, and what counts on this machine alone, give way to what a node joins as; so does what cannot be used.</summary>
    private static void CheckReplaces(IdentityFolder folder, JoinToken token)
    {
        if (folder.LoadIfUsable() is not { } kept || kept.Name == token.Name)
            return;
        var isLocal = NetworkAuthority.IsLocalAuthority(kept.Authority);
        if (isLocal && kept.Name.Id == token.Id)
            return;
        var network = isLocal ? "the network of this machine alone" : $"network {kept.Name.Network}";
        throw new ConfigurationException($"{folder.Path} is the identity of {kept.Name.Who} of {network}; name another folder with --folder, or move .p2pnode/identity away.");
    }
}
