using System.Runtime.InteropServices;

namespace P2PNode.EndToEnd.Kit;

/// <summary>What can be sent to a process, with the numbers that Linux gives them.</summary>
internal enum ProcessSignal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    /// <summary>Sends a signal; a process that has ended meanwhile is passed over.</summary>
    public static void Send(int process, ProcessSignal signal) => _ = Kill(process, (int)signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
