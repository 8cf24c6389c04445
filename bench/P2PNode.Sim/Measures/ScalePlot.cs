using System.Globalization;
using System.Text;

namespace P2PNode.Sim.Measures;

/// <summary>Two panels side by side, both with logarithmic numbers of nodes: how fast a crash is known, what a text costs.</summary>
internal static class ScalePlot
{
    private const int Width = 380;
    private const int Height = 260;
    private const int Margin = 50;

    public static string Write(IReadOnlyList<ScaleRow> rows)
    {
        var svg = new StringBuilder();
        svg.AppendLine(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{2 * Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"11\">"));
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Panel(
            svg, 0, "Seconds until all know that a host went off", rows, row => ScaleReport.Middle(row.CrashKnownAfter),
            ScaleFormulas.CrashKnown, value => value / 20, ["0", "5", "10", "15", "20"]);
        Panel(
            svg, Width, "Messages that carry one text to all", rows, row => row.FloodCost,
            ScaleFormulas.FloodCost, value => Math.Log10(value) / 5, ["1", "10", "100", "1,000", "10,000", "100,000"]);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Panel(
        StringBuilder svg, int left, string title, IReadOnlyList<ScaleRow> rows, Func<ScaleRow, double> measured,
        Func<int, double> formula, Func<double, double> share, string[] ticks)
    {
        double X(double nodes) => left + Margin + (Math.Log10(nodes) - 1) / 3 * (Width - 2 * Margin);
        double Y(double value) => Height - Margin - share(value) * (Height - 2 * Margin);

        svg.AppendLine(Text($"<text x=\"{left + Width / 2}\" y=\"20\" text-anchor=\"middle\">{title}</text>"));
        for (var i = 0; i < ticks.Length; i++)
        {
            var y = Height - Margin - (double)i / (ticks.Length - 1) * (Height - 2 * Margin);
            svg.AppendLine(Text($"<path d=\"M{left + Margin},{y:F1}H{left + Width - Margin}\" stroke=\"#ddd\"/><text x=\"{left + Margin - 5}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{ticks[i]}</text>"));
        }

        foreach (var nodes in new[] { 10, 100, 1_000, 10_000 })
            svg.AppendLine(Text($"<text x=\"{X(nodes):F1}\" y=\"{Height - Margin + 18}\" text-anchor=\"middle\">{nodes:N0}</text>"));
        var line = string.Join(' ', Enumerable.Range(0, 31).Select(i => (int)Math.Pow(10, 1 + i / 10.0)).Select(nodes => Text($"{X(nodes):F1},{Y(formula(nodes)):F1}")));
        svg.AppendLine(Text($"<polyline points=\"{line}\" fill=\"none\" stroke=\"#888\" stroke-dasharray=\"4 3\"/>"));
        foreach (var row in rows)
            svg.AppendLine(Text($"<circle cx=\"{X(row.Nodes):F1}\" cy=\"{Y(measured(row)):F1}\" r=\"4\" fill=\"#1f6fb2\"/>"));
        svg.AppendLine(Text($"<text x=\"{left + Width / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">nodes (dots: measured, dashes: formula)</text>"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
