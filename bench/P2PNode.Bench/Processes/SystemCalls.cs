using System.Runtime.InteropServices;

namespace P2PNode.Bench.Processes;

/// <summary>What the base library has no call for.</summary>
internal static partial class SystemCalls
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private const int OfChildren = -1;

    /// <summary>Sends a signal; a process that has ended meanwhile is passed over.</summary>
    public static void Send(int process, int signal) => _ = SendSignal(process, signal);

    /// <summary>Gives a file a second name, or tells that it cannot: on another file system, for one.</summary>
    public static bool TryLink(string file, string name) => Link(file, name) == 0;

    /// <summary>The CPU time of all children that have ended, and of theirs.</summary>
    public static TimeSpan CpuOfEndedChildren()
    {
        Span<long> usage = stackalloc long[18];
        _ = GetResourceUsage(OfChildren, usage);
        return Time(usage[0], usage[1]) + Time(usage[2], usage[3]);

        static TimeSpan Time(long seconds, long microseconds) =>
            TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int whose, Span<long> usage);
}
