using System.Globalization;

namespace P2PNode.Bench.Processes;

/// <summary>What the system knows of a process and of those that descend from it, in /proc.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100; // USER_HZ, which is the same on every Linux.

    /// <summary>Of /proc/PID/stat from the state on: user and system time, and those of the children that have ended.</summary>
    private static readonly Range Times = 11..15;

    /// <summary>CPU time of the tree so far, with that of its children that have ended.</summary>
    public static TimeSpan CpuOf(int process) => Sum(process, CpuOfOne);

    /// <summary>The most memory that each process of the tree ever had resident, together, in bytes.</summary>
    public static long PeakMemoryOf(int process) => Sum(process, PeakMemoryOfOne);

    /// <summary>The memory that a process has resident now, in bytes.</summary>
    public static long MemoryOf(int process) => StatusOf(process, "VmRSS:");

    private static TimeSpan Sum(int process, Func<int, TimeSpan> read) =>
        TimeSpan.FromTicks(Sum(process, one => read(one).Ticks));

    private static long Sum(int process, Func<int, long> read) =>
        read(process) + ChildrenOf(process).Sum(child => Sum(child, read));

    private static TimeSpan CpuOfOne(int process)
    {
        if (Read($"/proc/{process}/stat") is not { Length: > 0 } text)
            return TimeSpan.Zero;
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // The name before it may hold spaces.
        var ticks = fields[Times].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    private static long PeakMemoryOfOne(int process) => StatusOf(process, "VmHWM:");

    private static long StatusOf(int process, string key)
    {
        var line = Read($"/proc/{process}/status").Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static List<int> ChildrenOf(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task")
                .SelectMany(thread => Read(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Empty where the process has ended meanwhile.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
