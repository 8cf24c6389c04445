using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using P2PNode.Cli.Configuration;

namespace P2PNode.Cli.Commands;

/// <summary>Says in one sentence what is wrong with a command line.</summary>
/// <param name="invocation">What stands before a command where it is typed.</param>
internal sealed class UsageProblem(string invocation)
{
    /// <summary>The sentence; null where the command line can be carried out.</summary>
    public string? Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (OptionTakenForArgument(parsed) is { } option)
            return Unknown(option, command);
        if (parsed.Action is ParseErrorAction)
            return parsed.UnmatchedTokens is [var token, ..] ? Unknown(token, command) : parsed.Errors[0].Message;

        // An option in front of a command belongs to the program as a whole for the parser, so it would be passed over.
        var misplaced = ReferenceEquals(parsed.Action, command.Action)
            ? Given(parsed).FirstOrDefault(option => command.Options.All(own => own.Name != option.Name))
            : null;
        return misplaced is null ? null : $"'{misplaced.Name}' does not go with '{NameOf(command)}'.";
    }

    /// <summary>What to type to learn more.</summary>
    public string HintFor(ParseResult parsed) => NameOf(parsed.CommandResult.Command) is { Length: > 0 } name
        ? $"'{name} --help' shows what there is."
        : "'help' shows what there is.";

    private static IEnumerable<Option> Given(ParseResult parsed) => parsed.RootCommandResult.Children
        .Concat(parsed.CommandResult.Children)
        .OfType<OptionResult>()
        .Where(result => !result.Implicit)
        .Select(result => result.Option);

    /// <summary>A misspelt option passes for an argument with the parser; only after '--' may one begin with a dash.</summary>
    private static string? OptionTakenForArgument(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(argument => argument.Tokens)
                .Select(token => token.Value)
                .FirstOrDefault(value => value.StartsWith('-') && value != "-"); // Which stands for the standard input.

    private string Unknown(string token, Command command)
    {
        if (token.StartsWith('-') && NameOf(command).Length > 0)
        {
            var options = command.Options.Select(option => option.Name).ToList();
            if (options.Contains(token))
                return $"'{token}' belongs behind '{NameOf(command)}'.";
            return $"'{token}' is not an option of '{NameOf(command)}'{Suggestion.Clause(token, options)}";
        }

        return command.Subcommands.Count > 0
            ? $"'{token}' is not a command{Suggestion.Clause(token, command.Subcommands.Select(sub => sub.Name))}"
            : $"'{token}' is more than '{NameOf(command)}' can take.";
    }

    private string NameOf(Command command) => command is RootCommand
        ? invocation.TrimEnd()
        : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}".TrimStart();
}
