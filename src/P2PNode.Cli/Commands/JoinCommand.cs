using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Cli.Commands;

/// <summary>Makes a node of this machine a member, with a token from who holds the network's CA.</summary>
internal sealed class JoinCommand(CommandOptions options, Surroundings surroundings)
{
    private readonly Argument<string> _token = new("TOKEN") { Description = "What 'p2pnode network invite' printed; '-' reads it from the standard input, so that no list of processes shows it." };

    private readonly Option<string[]> _seed = new("--seed")
    {
        Description = "Which node to ask: one that runs on the machine with the CA. Required; several are asked in turn.",
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
        var given = options.Given(parsed);
        var seeds = given.Seeds ?? throw new ConfigurationException("Say which node to ask with --seed HOST:PORT: one that runs where the token was made.");
        var (path, choice) = Folder(token, given);
        using var held = Hold(path, token);
        var folder = IdentityFolder.OfNode(path);
        CheckReplaces(folder, token);
        List<(NodeAddress Seed, PeerException Reason)> refusals = [];
        foreach (var seed in seeds)
        {
            try
            {
                var identity = await new JoinClient(folder, surroundings.Clock).JoinAsync(token, seed, stop);
                if (given.Folder is null)
                    await choice.Homes.PreferAsync(token.Id, surroundings.Clock, stop);
                surroundings.Output.WriteLine($"Node {token.Id} is a member of network {token.Network} until {identity.Ends:yyyy-MM-dd}; start it with 'p2pnode --id {token.Id}'.");
                return ExitCode.Done;
            }
            catch (PeerException e)
            {
                refusals.Add((seed, e));
            }
        }

        return HasJoined(folder, token, refusals[^1].Reason) ? ExitCode.Done : await FailAsync(refusals);
    }

    /// <summary>Whether the token is used because this node has joined with it, as it is still a member; says so.</summary>
    private bool HasJoined(IdentityFolder folder, JoinToken token, PeerException refusal)
    {
        if (refusal.Fault is not PeerFault.TokenUsed || folder.LoadIfUsable() is not { } kept || kept.Name != new NodeName(token.Network, token.Id))
            return false;
        if (surroundings.Clock.GetUtcNow() >= kept.Ends || folder.LoadRevoked(kept).Revokes(token.Id, NetworkAuthority.IssuedAt(kept.Certificate)))
            return false;
        folder.DropKeyToJoin();
        surroundings.Output.WriteLine($"Node {token.Id} has joined network {token.Network} already, and is a member until {kept.Ends:yyyy-MM-dd}; start it with 'p2pnode --id {token.Id}'.");
        return true;
    }

    private async Task<ExitCode> FailAsync(List<(NodeAddress Seed, PeerException Reason)> refusals)
    {
        foreach (var (seed, reason) in refusals)
            await surroundings.Error.WriteLineAsync($"{seed}: {reason.Message}");
        return refusals[^1].Reason.Fault is PeerFault.Rejected or PeerFault.TokenUsed or PeerFault.OtherNetwork ? ExitCode.Refused : ExitCode.Failed;
    }

    private async Task<JoinToken> TokenAsync(string given, CancellationToken stop)
    {
        var text = given == "-" ? await Task.Run(surroundings.ReadLine, stop).WaitAsync(stop) : given;
        return JoinToken.TryParse(text ?? "", out var token)
            ? token
            : throw new ConfigurationException("That is no token: a letter is wrong or missing. Copy the whole line that 'p2pnode network invite' printed.");
    }

    private (string Path, NodeChoice Choice) Folder(JoinToken token, GivenSettings given)
    {
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory);
        if (surroundings.Clock.GetUtcNow() >= token.Expires)
            throw new ConfigurationException("The token has expired; have the node invited again.");
        var network = new NetworkFolder(NodeSettings.HomeOf(file, surroundings.WorkingDirectory));
        using var authority = network.Load();
        if (authority is { IsLocal: false } && !IsRevoked(token, authority, network))
        {
            throw new ConfigurationException(authority.Network == token.Network
                ? $"The CA of that network is here, so node {token.Id} needs no token; start it."
                : $"Here is the CA of another network, {authority.Network}; run the node elsewhere, or move .p2pnode/network away.");
        }

        var folder = NodeSettings.FolderOf(token.Id, given, file, surroundings.WorkingDirectory);
        if (given.Id is { } id && id != token.Id)
            throw new ConfigurationException($"The token is for node {token.Id}, not for node {id}.");
        return (folder, new NodeChoice(given, file, surroundings.WorkingDirectory));
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
            throw new ConfigurationException($"A node runs in {folder}; stop it first, or name another folder for node {token.Id} with --folder.");
        }
    }

    /// <summary>Only the same node of the same network, and what counts on this machine alone, give way to what a node joins as; so does what cannot be used.</summary>
    private static void CheckReplaces(IdentityFolder folder, JoinToken token)
    {
        if (folder.LoadIfUsable() is not { } kept || kept.Name == new NodeName(token.Network, token.Id))
            return;
        var isLocal = NetworkAuthority.IsLocalAuthority(kept.Authority);
        if (isLocal && kept.Name.Id == token.Id)
            return;
        var network = isLocal ? "the network of this machine alone" : $"network {kept.Name.Network}";
        throw new ConfigurationException($"{folder.Path} is the identity of node {kept.Name.Id} of {network}; name another folder with --folder, or move .p2pnode/identity away.");
    }

    /// <summary>Beside the CA too a node that was revoked comes back by an invitation alone.</summary>
    private static bool IsRevoked(JoinToken token, NetworkAuthority authority, NetworkFolder network) =>
        authority.Network == token.Network && network.LoadRevoked(authority).RevokedUntil.ContainsKey(token.Id);
}
