using System.CommandLine;
using P2PNode.Bench.Measures;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench;

/// <summary>The command line.</summary>
internal static class BenchCommand
{
    private const long RoomNeeded = 12L << 30;

    /// <summary>What is measured of the product alone.</summary>
    public static IReadOnlyList<string> OfOneNode { get; } = [Failover.Name, Idle.Name, FirstLine.Name, Searching.Name, Handshakes.Name, IdleLinks.Name];

    private static readonly string[] Peers = ["p2pnode", "rsync", "rsync-ssh", "syncthing"];
    private static readonly string[] All = [.. StandardWorkloads.Names, "W4", "W5", .. OfOneNode];

    private static readonly Argument<string[]> Work = new("work")
    {
        Description = "What to measure; all if nothing is named",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => All,
    };

    private static readonly Option<string[]> Contestants = new("--peers")
    {
        Description = "Who takes part",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => Peers,
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each peer runs each piece of work, turn by turn",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> Failovers = new("--failovers")
    {
        Description = "How often the leader is killed",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<double> Scale = new("--scale")
    {
        Description = "Less than 1 shrinks the work, to try whether everything runs",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string> DataFolder = new("--data-folder")
    {
        Description = "Where the files of the workloads are kept between runs",
        DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "p2pnode-bench"),
    };

    private static readonly Option<string> WorkFolder = new("--work-folder")
    {
        Description = "Where runs take place; in memory if there is room",
        DefaultValueFactory = _ => DefaultWorkFolder(),
    };

    private static readonly Option<FileInfo> Executable = new("--p2pnode")
    {
        Description = "The published program; it is built from the sources if this is not given",
    };

    private static readonly Option<FileInfo> Before = new("--p2pnode-before")
    {
        Description = "Another published build of the program, that takes part as p2pnode-before",
    };

    private static readonly Option<int> Patience = new("--patience")
    {
        Description = "How many seconds at most to wait before each run for others to leave the machine alone",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<string?> Json = new("--json") { Description = "Writes every run into this file too" };

    public static RootCommand Create()
    {
        Executable.AcceptExistingOnly();
        Before.AcceptExistingOnly();
        Work.AcceptOnlyFromAmong(All);
        Contestants.AcceptOnlyFromAmong(Peers);
        var root = new RootCommand("Measures p2pnode and other programs that do the same, side by side.")
        {
            Work, Contestants, Rounds, Failovers, Scale, DataFolder, WorkFolder, Executable, Before, Patience, Json,
        };
        root.SetAction((parsed, stop) => new Benchmark(Read(parsed)).RunAsync(stop));
        return root;
    }

    private static BenchOptions Read(ParseResult parsed) => new()
    {
        Work = parsed.GetValue(Work)!,
        Peers = parsed.GetValue(Contestants)!,
        Rounds = parsed.GetValue(Rounds),
        Failovers = parsed.GetValue(Failovers),
        Scale = parsed.GetValue(Scale),
        DataFolder = Path.GetFullPath(parsed.GetValue(DataFolder)!),
        WorkFolder = Path.Combine(Path.GetFullPath(parsed.GetValue(WorkFolder)!), $"p2pnode-bench-{Environment.ProcessId}"),
        Executable = parsed.GetValue(Executable)?.FullName,
        ExecutableBefore = parsed.GetValue(Before)?.FullName,
        Patience = TimeSpan.FromSeconds(parsed.GetValue(Patience)),
        Json = parsed.GetValue(Json),
    };

    private static string DefaultWorkFolder() =>
        Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").AvailableFreeSpace > RoomNeeded ? "/dev/shm" : Path.GetTempPath();
}
