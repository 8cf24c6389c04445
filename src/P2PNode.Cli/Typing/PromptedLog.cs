using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace P2PNode.Cli.Typing;

/// <summary>Writes log lines above the prompt.</summary>
internal sealed class PromptedLog(Prompt prompt, ITextFormatter formatter, TextWriter output) : ILogEventSink
{
    public void Emit(LogEvent logEvent) => prompt.Above(() =>
    {
        formatter.Format(logEvent, output);
        output.Flush();
    });
}
