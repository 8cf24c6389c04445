using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace P2PNode.Cli.Commands;

/// <summary>
/// Answers the shells: <c>p2pnode "[suggest:POSITION]" "COMMAND LINE"</c> prints what may stand at the position, by
/// default the end, one candidate a line. The library's own answer takes the name of the program for an argument where
/// its file is called otherwise.
/// </summary>
internal sealed class SuggestCompletions(RootCommand root) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public static void ReplaceIn(RootCommand root)
    {
        root.Directives.Clear();
        root.Add(new Directive("suggest") { Action = new SuggestCompletions(root) });
    }

    public override int Invoke(ParseResult parseResult)
    {
        var directive = parseResult.Tokens.First(token => token.Type == TokenType.Directive).Value;
        var line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
        foreach (var candidate in Candidates(line, PositionIn(directive) ?? line.Length))
            parseResult.InvocationConfiguration.Output.WriteLine(candidate);
        return 0;
    }

    private IEnumerable<string> Candidates(string line, int position)
    {
        // The shell's line starts with the name or path of the program, which is no part of what is parsed.
        var before = line[..Math.Clamp(position, 0, line.Length)];
        var start = before.IndexOf(' ') + 1;
        if (start == 0)
            return [];

        return Candidates(root, before[start..]);
    }

    /// <summary>What may stand at the end of a line of arguments, in place of its last word.</summary>
    public static IEnumerable<string> Candidates(RootCommand root, string arguments)
    {
        var word = arguments[(arguments.LastIndexOf(' ') + 1)..];
        return root.Parse(arguments).GetCompletions(arguments.Length)
            .Select(candidate => candidate.Label)
            .Where(label => label.StartsWith(word, StringComparison.OrdinalIgnoreCase));
    }

    private static int? PositionIn(string directive)
    {
        var digits = directive.AsSpan(directive.IndexOf(':') + 1).TrimEnd(']');
        var known = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var position);
        return known ? position : null;
    }
}
