using System.CommandLine;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>Has a node link with another one that a person names by its address.</summary>
internal sealed class ConnectCommand(Asking asking, Surroundings surroundings)
{
    private readonly Argument<NodeAddress> _address = new("HOST:PORT")
    {
        Description = "Where the other node listens.",
        CustomParser = given =>
        {
            if (NodeAddress.TryParse(given.Tokens[0].Value, out var address))
                return address;
            given.AddError($"'{given.Tokens[0].Value}' is no address HOST:PORT, such as 127.0.0.1:5001.");
            return null;
        },
    };

    public Command Create()
    {
        var connect = asking.Create("connect", "Link with the node at an address, and so with its network.", ConnectAsync);
        connect.Add(_address);
        return connect;
    }

    private async Task<ExitCode> ConnectAsync(ParseResult parsed, CancellationToken stop)
    {
        var address = parsed.GetRequiredValue(_address);
        var linked = await asking.Find(parsed).AskAsync(client => client.ConnectAsync(address, stop));
        if (asking.WantsJson(parsed))
            asking.Print(linked, NodeQueriesJson.Connect);
        else
            surroundings.Screen.Line($"Linked with node {linked.Id} at {linked.Address}; '{surroundings.Invocation}members' shows whom it knows.");
        return ExitCode.Done;
    }
}
