using System.Diagnostics;
using System.Globalization;
using P2PNode.Sim.Measures;

// P2PNode.Sim [--nodes 10,100,1000,10000] [--minutes 60] [--seed N] [--plot FILE.svg]
string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
var sizes = Option("--nodes", "10,100,1000,10000").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture));
var minutes = double.Parse(Option("--minutes", "60"), CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);
var plot = Option("--plot", "");

var rows = new List<ScaleRow>();
foreach (var size in sizes)
{
    var started = Stopwatch.GetTimestamp();
    rows.Add(new ScaleMeasure(size, seed).Run(minutes));
    Console.Error.WriteLine($"{size} nodes: {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
}

Console.WriteLine(ScaleReport.Write(rows));
if (plot.Length > 0)
    File.WriteAllText(plot, ScalePlot.Write(rows));
