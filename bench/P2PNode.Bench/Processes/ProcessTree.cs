using System.Globalization;

namespace P2PNode.Bench.Processes;

/// <summary>What the system knows of a process and of those that descend from it, in /proc.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100; // USER_HZ, which is the same on every Linux.

    private const string OpenFiles = "Max open files";

    // Of /proc/PID/stat from the state on: user and system time, and those of the children that have ended.
    private static readonly Range OwnTimes = 11..13;
    private static readonly Range ChildTimes = 13..15;

    /// <summary>CPU time of the tree so far, with that of its children that have ended.</summary>
    public static TimeSpan CpuOf(int process)
    {
        while (true)
        {
            var (own, ended) = CpuOfOne(process);
            var living = TimeSpan.FromTicks(ChildrenOf(process).Sum(child => CpuOf(child).Ticks));
            if (CpuOfOne(process).Ended == ended) // Else a child may have ended in between, and be in neither.
                return own + ended + living;
        }
    }

    /// <summary>The most memory that each process of the tree ever had resident, together, in bytes.</summary>
    public static long PeakMemoryOf(int process) =>
        StatusOf(process, "VmHWM:") + ChildrenOf(process).Sum(PeakMemoryOf);

    /// <summary>The memory that a process has resident now, in bytes.</summary>
    public static long MemoryOf(int process) => StatusOf(process, "VmRSS:");

    /// <summary>How many files and sockets a process may have open.</summary>
    public static long DescriptorsOf(int process)
    {
        var line = Read($"/proc/{process}/limits").Split('\n').First(line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        var soft = line[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft == "unlimited" ? long.MaxValue : long.Parse(soft, CultureInfo.InvariantCulture);
    }

    private static (TimeSpan Own, TimeSpan Ended) CpuOfOne(int process)
    {
        if (Read($"/proc/{process}/stat") is not { Length: > 0 } text)
            return default;
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // The name before it may hold spaces.
        return (Time(fields[OwnTimes]), Time(fields[ChildTimes]));

        static TimeSpan Time(string[] userAndSystem) =>
            TimeSpan.FromSeconds(userAndSystem.Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

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
