using System.CommandLine;
using System.CommandLine.Invocation;

namespace P2PNode.Cli.Commands;

/// <summary>Prints the name and the version of the program, and nothing else.</summary>
internal sealed class ShowVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(ShowVersion).Assembly.GetName().Version!;
        parseResult.InvocationConfiguration.Output.WriteLine($"{CommandTree.ProgramName} {version.ToString(3)}");
        return 0;
    }
}
