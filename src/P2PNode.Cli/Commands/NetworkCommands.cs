using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Cli.Commands;

/// <summary>The commands for who holds the CA of a network: make it, invite nodes, revoke them. No node needs to run.</summary>
internal sealed class NetworkCommands(CommandOptions options, Surroundings surroundings)
{
    private readonly Option<string> _expires = new("--expires")
    {
        Description = "How long the token is good: a number and m, h or d. [default: 24h]",
        HelpName = "TIME",
    };

    private readonly Option<bool> _seed = new("--seed")
    {
        Description = "For a seed, not for a node. With --id for a seed that was a member before.",
    };

    public Command Create()
    {
        var network = new Command("network", "Make the keys of a network, bring nodes into it and put them out.");
        network.Add(New("create", "Make a network of several machines here: its CA, beside nodes.json.", CreateAsync, options.Config));
        network.Add(New("invite", "Print a token with which one machine can join as one node, once.", InviteAsync, options.RequiredId("The ID of the node that is to join, a whole number from 1. Required, but with --seed, where one is chosen if it is missing."), _seed, options.Config, _expires, options.Json));
        network.Add(new JoinCommand(options, surroundings).Create());
        network.Add(New("revoke", "Put a node out of the network: what was issued to it counts no more.", RevokeAsync, options.RequiredId("The ID of the node to put out, a whole number from 1. Required; P2PNODE_ID does not count here."), options.Config));
        network.Add(New("show", "Show the network that this machine belongs to, and what its CA has issued.", ShowAsync, options.Id, options.Config, options.Folder, options.Json));
        return network;
    }

    private static Command New(string name, string description, Func<ParseResult, CancellationToken, Task<ExitCode>> action, params Option[] options)
    {
        var command = new Command(name, description);
        foreach (var option in options)
            command.Add(option);
        command.SetAction(async (parsed, stop) => (int)await OrSayAsync(() => action(parsed, stop)));
        return command;
    }

    /// <summary>Keys are for their owner alone, so that another user gets no further.</summary>
    private static async Task<ExitCode> OrSayAsync(Func<Task<ExitCode>> action)
    {
        try
        {
            return await action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException(ExitCode.Failed, $"{e.Message.TrimEnd('.')}; run this as the user whose the network's keys are.");
        }
    }

    private Task<ExitCode> CreateAsync(ParseResult parsed, CancellationToken stop)
    {
        var folder = Folder(parsed);
        var (authority, isNew) = folder.CreateForOthers(surroundings.Clock);
        using (authority)
        {
            if (!isNew)
                throw new CommandException(ExitCode.Failed, $"There is a network here already, {authority.Network}; 'p2pnode network show' shows it.");

            surroundings.Output.WriteLine($"Made network {authority.Network}.");
            surroundings.Error.WriteLine($"Its CA is {Path.Combine(folder.Path, "ca.key")}: who has that file decides who is a member. Keep a copy of it in a safe place.");
            surroundings.Error.WriteLine("Nodes that run beside it need nothing more but a restart. For other machines: 'p2pnode network invite --id N'.");
            return Task.FromResult(ExitCode.Done);
        }
    }

    private async Task<ExitCode> InviteAsync(ParseResult parsed, CancellationToken stop)
    {
        var role = parsed.GetValue(_seed) ? NameRole.Seed : NameRole.Node;
        var id = role is NameRole.Seed ? options.GivenAsOptions(parsed).Id ?? NewId(parsed) : options.Given(parsed).Id ?? throw NoId();
        var lifetime = SettingValues.TryLifetime(parsed.GetValue(_expires) ?? "24h", out var time)
            ? time
            : throw new ConfigurationException($"--expires must be a number and m, h or d, from 1m to 30d; it is '{parsed.GetValue(_expires)}'.");
        var invitation = await new AuthorityOffice(Folder(parsed), surroundings.Clock).InviteAsync(id, lifetime, stop, role);
        var isJson = parsed.GetValue(options.Json);
        surroundings.Output.WriteLine(isJson ? NetworkJson.Of(invitation.Token) : invitation.Token.ToString());
        foreach (var sentence in InvitationView.Sentences(invitation, surroundings.Clock).Skip(isJson ? 1 : 0))
            surroundings.Error.WriteLine(sentence);
        return ExitCode.Done;
    }

    private async Task<ExitCode> RevokeAsync(ParseResult parsed, CancellationToken stop)
    {
        var id = options.GivenAsOptions(parsed).Id ?? throw NoId(); // The environment may name the node that runs here.
        var revocation = await new AuthorityOffice(Folder(parsed), surroundings.Clock).RevokeAsync(id, stop);
        var what = revocation switch
        {
            { WasRevoked: true } => "was revoked before, and is again",
            { WasIssued: false } => "is revoked, though nothing is known to have been issued to it: 'p2pnode network show' shows whom there is",
            _ => "is revoked",
        };
        var who = revocation.Role is NameRole.Seed ? "Seed" : "Node";
        surroundings.Output.WriteLine($"{who} {id} {what} (deny list {revocation.List.Number}). A node that runs here tells the others within seconds; otherwise they hear of it when one does.");
        return ExitCode.Done;
    }

    private Task<ExitCode> ShowAsync(ParseResult parsed, CancellationToken stop)
    {
        var given = options.Given(parsed);
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory);
        var home = NodeSettings.HomeOf(file, surroundings.WorkingDirectory);
        IEnumerable<string> folders = given.Folder is null && given.Id is null
            ? (file?.Nodes.Select(node => node.Folder) ?? []).Union(Directory.EnumerateDirectories(home, "NODE*").Order(StringComparer.Ordinal))
            : [NodeSettings.FolderOf(given.Id ?? new NodeId(1), given, file, surroundings.WorkingDirectory)];
        if (NetworkReport.Read(Folder(parsed), folders, surroundings.Clock) is not { } report)
            throw new CommandException(ExitCode.NotFound, "There are no keys of any network here.");

        if (parsed.GetValue(options.Json))
            surroundings.Output.WriteLine(NetworkJson.Of(report));
        else
            NetworkView.Write(report, surroundings.Screen);
        return Task.FromResult(ExitCode.Done);
    }

    private NodeId NewId(ParseResult parsed)
    {
        var folder = Folder(parsed);
        var invited = new AuthorityOffice(folder, surroundings.Clock).OpenInvites().Select(invite => invite.Id).ToHashSet();
        return RandomNodeId.Choose(id => invited.Contains(id) || folder.HasCertified(id));
    }

    private static ConfigurationException NoId() => new("Say which node with --id.");

    private NetworkFolder Folder(ParseResult parsed)
    {
        var file = NodeSettings.LoadFile(options.Given(parsed), surroundings.WorkingDirectory);
        return new NetworkFolder(
            NodeSettings.HomeOf(file, surroundings.WorkingDirectory),
            (id, path) => surroundings.Error.WriteLine($"{path} is damaged: what was issued to {id} last is not known here; delete it."));
    }
}
