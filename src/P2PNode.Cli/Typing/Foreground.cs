using System.Runtime.InteropServices;

namespace P2PNode.Cli.Typing;

/// <summary>Whether this process may read its terminal: one in the background that tries to is stopped by the system.</summary>
internal static partial class Foreground
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Returns when this process may read.</summary>
    public static void Wait(TimeProvider clock)
    {
        while (!MayRead)
            Task.Delay(BetweenLooks, clock).GetAwaiter().GetResult();
    }

    private static bool MayRead => OperatingSystem.IsWindows() || GetForegroundGroup(0) == GetGroup();

    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetGroup();
}
