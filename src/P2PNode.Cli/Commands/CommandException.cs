using P2PNode.Api;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>A command has no answer. The message is for a person; it may list things below its first line.</summary>
internal sealed class CommandException(ExitCode code, string message, CommandFailure failure, Exception? inner = null)
    : Exception(message, inner)
{
    public CommandException(ExitCode code, string message)
        : this(code, message, new CommandFailure(message))
    {
    }

    public ExitCode Code => code;

    public CommandFailure Failure => failure;
}
