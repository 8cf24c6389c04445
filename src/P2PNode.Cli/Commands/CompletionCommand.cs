using System.CommandLine;
using P2PNode.Api;

namespace P2PNode.Cli.Commands;

/// <summary>Prints what makes a shell complete commands by asking the program itself for the candidates.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    private const string Bash =
        """
        _p2pnode() {
            local IFS=$'\n'
            local word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$(p2pnode "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _p2pnode p2pnode
        """;

    private const string Zsh =
        """
        _p2pnode() {
            local -a candidates
            candidates=("${(@f)$(p2pnode "[suggest:$((${#LBUFFER}))]" "$BUFFER" 2>/dev/null)}")
            compadd -- $candidates
        }
        compdef _p2pnode p2pnode
        """;

    private const string Fish =
        """
        complete -c p2pnode -a '(p2pnode "[suggest]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName p2pnode -ScriptBlock {
            param($word, $line, $cursor)
            p2pnode "[suggest:$cursor]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Create(Surroundings surroundings)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.CompletionSources.Add(Shells);
        shell.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var name }] && !Shells.Contains(name))
                given.AddError($"'{name}' is none of the shells {string.Join(", ", Shells)}.");
        });
        var completion = new Command("completion", "Print a script that makes a shell complete commands.") { shell };
        completion.SetAction(parsed =>
        {
            surroundings.Output.WriteLine(ScriptFor(parsed.GetRequiredValue(shell)));
            return (int)ExitCode.Done;
        });
        return completion;
    }

    private static string ScriptFor(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };
}
