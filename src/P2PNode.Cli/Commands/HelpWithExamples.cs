using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace P2PNode.Cli.Commands;

/// <summary>Shows the usual help of a command, then what it looks like in use.</summary>
/// <param name="usual">Shows the usual help.</param>
/// <param name="invocation">What stands before a command where it is typed.</param>
internal sealed class HelpWithExamples(HelpAction usual, string invocation) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        var command = parseResult.CommandResult.Command;
        using var help = new StringWriter();
        configuration.Output = help;
        var code = usual.Invoke(parseResult);
        configuration.Output = output;

        help.WriteLine(command is not RootCommand ? ExamplesOf(command.Name) : invocation.Length > 0 ? Root : Typed);
        output.Write(invocation.Length > 0 ? help.ToString() : AtThePrompt(help.ToString()));
        return code;
    }

    private static string AtThePrompt(string help) => help
        .Replace(WhomItAsks, TypedWhomItAsks, StringComparison.Ordinal)
        .Replace(CommandTree.ProgramName + " ", "", StringComparison.Ordinal);

    private const string Typed =
        """
        Examples:
          members                                      who is in the network
          get NODE2/photos/ -o /tmp/photos/            a folder of node 2; Tab completes
          say "the printer is back"                    to all nodes
          files --help                                 what a command can do

        """;

    private const string Root =
        """
        Examples:
          p2pnode --id 1                                 run node 1 of nodes.json
          p2pnode --id 9 --listen 10.0.0.9:5001          run a node that nodes.json lacks
          p2pnode --seed 10.0.0.5:4000                   run a node that learns of others, with an ID of its own
          p2pnode up                                     run all nodes of nodes.json in one terminal
          p2pnode status                                 ask the node that runs here
          p2pnode files '*.pdf' --id 2 --json            ask node 2, for another program

        Each option can also be set in the environment: P2PNODE_ID, P2PNODE_MAX_PEERS and so on (P2PNODE_SEED takes
        several, separated by commas). The command line beats the environment, which beats nodes.json.

        Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the node is not running, 4 not found,
        5 ambiguous, 6 no leader in time, 7 refused.

        """;

    private const string WhomItAsks =
        """
        Asks the node that --folder or --id names; without either, the lowest ID of nodes.json that runs here, else the
        node that was started here without --id.

        """;

    private const string TypedWhomItAsks =
        """
        Asks the node that runs here, of several the lowest ID; or the one that --folder or --id names.

        """;

    private static string ExamplesOf(string command) => command switch
    {
        "up" =>
            """
            Commands that are typed meanwhile, such as members or status --id 2, ask the lowest ID or the one that --id names.

            Example:
              p2pnode up --config lab.json                 each line is prefixed with its node; Ctrl-C stops all

            """,
        "seed" =>
            """
            Example:
              p2pnode seed --listen 10.0.0.5:4000          nodes then run with --seed 10.0.0.5:4000

            """,
        "status" =>
            $"""
            {WhomItAsks}
            Examples:
              p2pnode status --id 2 --json
              p2pnode status --watch                       with what is on its way, until Ctrl-C

            """,
        "members" =>
            $"""
            {WhomItAsks}
            Example:
              p2pnode {command} --id 2 --json

            """,
        "files" =>
            $"""
            {WhomItAsks}
            Examples:
              p2pnode files                                all files of the network
              p2pnode files report                         paths that contain a text
              p2pnode files 'docs/**/*.pdf' --json         a glob; exit code 4 where nothing matches

            """,
        "search" =>
            $"""
            {WhomItAsks}
            Examples:
              p2pnode search report                        any path with that text in it
              p2pnode search '*.pdf' --newer 7d --sort mtime --reverse
              p2pnode search --peer 2 --min-size 100M      what is large at node 2
              p2pnode search 'docs/**' --json              for another program; exit code 4 where nothing matches

            """,
        "get" =>
            $"""
            {WhomItAsks}
            What it fetches lies in peers/NODE<owner>/ of that node's folder, or where -o says.

            Examples:
              p2pnode get report.pdf                       a file by its path, or by its name where only one has it
              p2pnode get NODE2/photos/                    a folder of node 2
              p2pnode get '*.pdf' NODE3/notes.txt          a glob and a file
              p2pnode get NODE2/disk.iso -o /tmp/disk.iso  elsewhere; never over an existing file without --force

            Exit codes: 1 some failed, 4 not found, 5 several may be meant (they are listed), 7 refused by who has it.

            """,
        "network" or "create" or "invite" or "join" or "revoke" or "show" =>
            """
            Example, for a network of two machines:
              p2pnode network create                       on the first, beside nodes.json; then start its nodes
              p2pnode network invite --id 7                there; prints a token
              p2pnode network join TOKEN --seed 10.0.0.5:5001
                                                           on the second: the address of a node of the first
              p2pnode network join - --seed 10.0.0.5:5001 < token.txt
                                                           the same, and no list of processes shows the token
              p2pnode network revoke --id 7                on the first, when node 7 is to be put out

            """,
        "connect" =>
            $"""
            {WhomItAsks}
            Examples:
              p2pnode connect 10.0.0.5:5001                a node of the same network, whatever its ID
              p2pnode connect 10.0.0.5:5001 --id 2         node 2 does

            Exit codes: 1 nobody answers there, 7 refused.

            """,
        "leave" =>
            $"""
            {WhomItAsks}
            The node goes when another one has a copy of all that it offers; its own files stay in its folder. Ctrl-C calls
            it off while it lasts, and the node goes on.

            Examples:
              p2pnode leave --id 2
              p2pnode leave --id 2 --timeout 2h            for much, or over a slow wire

            Exit codes: 1 not everything was handed over in time, 6 there was no leader, 7 nobody can take the files.

            """,
        "completion" =>
            """
            Examples:
              source <(p2pnode completion bash)            for this shell; put it into ~/.bashrc to keep it
              p2pnode completion fish > ~/.config/fish/completions/p2pnode.fish

            """,
        _ => "",
    };
}
