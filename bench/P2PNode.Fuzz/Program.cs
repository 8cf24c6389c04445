using System.Diagnostics;
using System.Globalization;
using P2PNode.Fuzz;

// p2pnode fuzz: [--minutes 10] [--seed N] [--target NAME]
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var minutes = double.Parse(Option("--minutes") ?? "10", CultureInfo.InvariantCulture);
var seed = Option("--seed") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.ProcessId * 1000;
var names = Option("--target") is { } only ? [only] : FuzzTargets.Names;

Console.WriteLine($"Seed {seed}, {minutes} minutes, {names.Count} targets");
var defects = 0;
foreach (var name in names)
{
    using var target = FuzzTargets.Make(name);
    var fuzzer = new Fuzzer(target);
    var started = Stopwatch.GetTimestamp();
    for (var input = seed; defects < 20 && Stopwatch.GetElapsedTime(started).TotalMinutes < minutes / names.Count; input++)
    {
        if (fuzzer.Try(input) is { } defect)
        {
            defects++;
            Console.WriteLine(defect);
        }
    }

    Console.WriteLine($"{name}: {fuzzer.Inputs} inputs, {fuzzer.Accepted} accepted, at most {fuzzer.MostBytes} bytes for one");
}

Console.WriteLine(defects == 0 ? "No defect." : $"{defects} defects.");
return defects == 0 ? 0 : 1;
