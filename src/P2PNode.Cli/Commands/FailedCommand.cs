using System.CommandLine;
using System.Text.Json;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Node;
using P2PNode.Security;
using Serilog.Events;

namespace P2PNode.Cli.Commands;

/// <summary>
/// Tells why a command has no answer: a person on standard error, and a program that asked for JSON by one document on
/// standard output too.
/// </summary>
internal sealed class FailedCommand(ParseResult parsed, Surroundings surroundings)
{
    /// <summary>Tells what ended the command, and with which code it ends.</summary>
    public Task<int> TellAsync(Exception e) => e switch
    {
        CommandException failed => TellAsync(failed.Code, failed.Message, failed.Failure),
        LocalRequestException refused => TellAsync(refused.Code, refused.Message),
        ConfigurationException wrong => TellAsync(ExitCode.Usage, wrong.Message, new CommandFailure(string.Join(' ', wrong.Problems))),
        KeyException or NodeStartException => TellAsync(ExitCode.Usage, e.Message),
        OperationCanceledException => TellAsync(ExitCode.Failed, "Called off before there was an answer."),
        IOException => TellAsync(ExitCode.Failed, e.Message), // The reader of a pipe is gone, or the disk is full.
        _ => TellAsync(ExitCode.Failed, WantsStack ? $"{ProgramFault.Sentence(e)}\n{e}" : ProgramFault.Sentence(e), new CommandFailure(ProgramFault.Sentence(e))),
    };

    /// <summary>Tells what is wrong with the command line, and how to learn more.</summary>
    public Task<int> TellAsync(string problem, string hint) => TellAsync(ExitCode.Usage, $"{problem}\n{hint}", new CommandFailure(problem));

    private Task<int> TellAsync(ExitCode code, string message) => TellAsync(code, message, new CommandFailure(message));

    private async Task<int> TellAsync(ExitCode code, string message, CommandFailure failure)
    {
        await surroundings.Error.WriteLineAsync(message);
        if (WantsJson)
            await surroundings.Output.WriteLineAsync(JsonSerializer.Serialize(failure, NodeQueriesJson.Failure));
        return (int)code;
    }

    /// <summary>Also where the command line as a whole makes no sense.</summary>
    private bool WantsJson =>
        Option<bool>("--json") is { } json
        && parsed.GetResult(json) is { Implicit: false } given
        && !given.Errors.Any()
        && parsed.GetValue(json);

    private bool WantsStack
    {
        get
        {
            var text = (Option<string>("--log-level") is { } option ? parsed.GetValue(option) : null)
                ?? surroundings.Environment(GivenSettings.Variable("log-level"));
            return text is not null && LogWords.TryLevel(text, out var level) && level <= LogEventLevel.Debug;
        }
    }

    private Option<T>? Option<T>(string name) =>
        parsed.CommandResult.Command.Options.OfType<Option<T>>().FirstOrDefault(option => option.Name == name);
}
