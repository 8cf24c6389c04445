using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using P2PNode.Api;

namespace P2PNode.Cli.Commands;

/// <summary>What all commands share that want something of a running node.</summary>
internal sealed class Asking(CommandOptions options, Surroundings surroundings)
{
    /// <summary>Makes a command that a node is asked by, with the options that say which node.</summary>
    public Command Create(string name, string description, Func<ParseResult, CancellationToken, Task<ExitCode>> action)
    {
        var command = new Command(name, description) { options.Id, options.Config, options.Folder, options.Json };
        command.SetAction(async (parsed, stop) => (int)await action(parsed, stop));
        return command;
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(options.Json);

    /// <inheritdoc cref="AskedNode.Find"/>
    public AskedNode Find(ParseResult parsed) => AskedNode.Find(options.Given(parsed), surroundings.WorkingDirectory);

    /// <summary>Says something beside the answer.</summary>
    public void Remark(string sentence) => surroundings.Error.WriteLine(sentence);

    public void Print<T>(T document, JsonTypeInfo<T> json) =>
        surroundings.Output.WriteLine(JsonSerializer.Serialize(document, json));
}
