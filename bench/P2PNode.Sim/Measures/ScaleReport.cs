using System.Globalization;
using System.Text;

namespace P2PNode.Sim.Measures;

/// <summary>The rows as a Markdown table; a formula's value stands beside what was measured.</summary>
internal static class ScaleReport
{
    public static string Write(IReadOnlyList<ScaleRow> rows)
    {
        var table = new StringBuilder();
        table.AppendLine("| nodes | neighbours | host off, all know after: middle / most (formula) | process killed: middle / most | messages a second, sent by each (formula) | bytes a second | messages for one text (formula) | text at all after | false deaths at 5 % loss | suspects that spoke up |");
        table.AppendLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in rows)
        {
            table.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Nodes:N0} | {row.Neighbours:F1} | {Middle(row.CrashKnownAfter):F1} / {row.CrashKnownAfter.Max():F1} s ({ScaleFormulas.CrashKnown(row.Nodes):F1}) | {Middle(row.KillKnownAfter):F1} / {row.KillKnownAfter.Max():F1} s | {row.Messages:F1} ({ScaleFormulas.Messages(row.Nodes):F0}) | {row.Bytes:F0} | {row.FloodCost:N0} ({ScaleFormulas.FloodCost(row.Nodes):N0}) | {row.FloodSeconds * 1000:F0} ms | {row.FalseDeaths} in {row.LossyMinutes:0.#} min | {row.Refuted} |"));
        }

        return table.ToString();
    }

    public static double Middle(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
