using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace P2PNode.Cli.Display;

/// <summary>
/// Where answers for people appear. At a terminal tables are drawn and fitted to its width; in a file or a pipe they are
/// bare columns, as wide as they need to be.
/// </summary>
internal sealed class Screen
{
    /// <summary>Wider than any row: a line in a file is never folded.</summary>
    private const int Unlimited = 1 << 16;

    private readonly TextWriter _output;
    private readonly bool _terminal;

    public Screen(Surroundings surroundings) =>
        (_output, _terminal, Clock) = (surroundings.Output, surroundings.OutputIsTerminal, surroundings.Clock);

    public TimeProvider Clock { get; }

    public void Line(string text) => _output.WriteLine(text);

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(IEnumerable<(string Name, string Value)> pairs)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        foreach (var (name, value) in pairs)
            grid.AddRow(new Text("  " + name), new Text(value));
        Write(grid);
    }

    /// <summary>A table. Columns whose name starts with '>' are aligned to the right.</summary>
    public void Table(IEnumerable<string> columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = _terminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.TrimStart('>')))
            {
                Alignment = column.StartsWith('>') ? Justify.Right : Justify.Left,
                Padding = _terminal ? new Padding(1, 0) : new Padding(0, 0, 2, 0),
            });
        }

        foreach (var row in rows)
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        Write(table);
    }

    private void Write(IRenderable renderable)
    {
        if (_terminal)
        {
            Console(_output).Write(renderable);
            return;
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = Console(text);
        console.Profile.Width = Unlimited;
        console.Write(renderable);
        foreach (var line in text.ToString().AsSpan().EnumerateLines())
        {
            // Without a frame, nothing but blanks fills a row up to the width of the table.
            if (line.TrimEnd() is { IsEmpty: false } row)
                _output.WriteLine(row);
        }
    }

    private IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = _terminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = InteractionSupport.No,
    });
}
