using System.Runtime.InteropServices;

namespace P2PNode.EndToEnd.Kit;

/// <summary>What can be sent to a process, with the numbers that Linux gives them.</summary>
internal enum ProcessSignal
{
    HangUp = 1,
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

    /// <summary>
    /// A shell has what it runs in the background ignore interrupts, and so do all processes that are started from there.
    /// The nodes under test are to heed them in any case.
    /// </summary>
    public static void HeedInterrupts()
    {
        var ignored = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var mask = Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16);
        if ((mask & (1ul << ((int)ProcessSignal.Interrupt - 1))) != 0)
            _ = Handle((int)ProcessSignal.Interrupt, handler: 0);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Handle(int signal, nint handler);
}
