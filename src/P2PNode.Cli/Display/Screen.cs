using Spectre.Console;

namespace P2PNode.Cli.Display;

/// <summary>
/// Where answers for people appear. At a terminal tables are drawn and fitted to its width; in a file or a pipe they
/// are bare columns, as wide as they need to be.
/// </summary>
/// <param name="output">Takes the text.</param>
/// <param name="isTerminal">Whether a person reads it directly.</param>
/// <param name="clock">Says how long ago something was.</param>
internal sealed class Screen(TextWriter output, bool isTerminal, TimeProvider clock)
{
    public TimeProvider Clock => clock;

    public bool IsTerminal => isTerminal;

    /// <summary>
    /// Shows a line in one place until another is shown, or takes it away with null; null where lines can only follow one
    /// another, or <see cref="Drawn"/> has the terminal for itself.
    /// </summary>
    public Action<string?>? InPlace { get; init; }

    /// <summary>For what is drawn over and over.</summary>
    public IAnsiConsole Drawn => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    public void Line(string text) => output.WriteLine(Printable.Of(text));

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(IEnumerable<(string Name, string Value)> pairs) =>
        WriteBare([.. pairs.Select(pair => new[] { "  " + pair.Name, Printable.Of(pair.Value) })], rightAligned: []);

    /// <summary>A table with a row of titles.</summary>
    /// <param name="titles">The title of each column. A leading '>' aligns the column to the right.</param>
    /// <param name="rows">The cells of each row, as many as there are titles.</param>
    public void Table(IReadOnlyList<string> titles, IEnumerable<string[]> rows)
    {
        bool[] rightAligned = [.. titles.Select(title => title.StartsWith('>'))];
        string[] names = [.. titles.Select(title => title.TrimStart('>'))];
        if (isTerminal)
            Draw(names, rightAligned, rows);
        else
            WriteBare([names, .. rows.Select(row => row.Select(Printable.Of).ToArray())], rightAligned);
    }

    private void Draw(string[] names, bool[] rightAligned, IEnumerable<string[]> rows)
    {
        var table = new Table().RoundedBorder();
        foreach (var (name, right) in names.Zip(rightAligned))
            table.AddColumn(new TableColumn(new Text(name)) { Alignment = right ? Justify.Right : Justify.Left });
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Printable.Of(cell))));
        Drawn.Write(table);
    }

    private void WriteBare(List<string[]> rows, bool[] rightAligned)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].GetCellWidth()))];
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select(Fitted)).TrimEnd());

        string Fitted(string cell, int column)
        {
            var blanks = new string(' ', widths[column] - cell.GetCellWidth());
            return rightAligned.ElementAtOrDefault(column) ? blanks + cell : cell + blanks;
        }
    }
}
