using System.Runtime.InteropServices;

namespace P2PNode.Tests.Testing;

/// <summary>Puts a full disk under a file that this process holds open: whatever is written to it from then on fails. Linux only.</summary>
internal static partial class FullDisk
{
    public static void Under(string path)
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var open = Directory.GetFiles("/proc/self/fd").Where(link => new FileInfo(link).LinkTarget == path).ToList();
        Assert.NotEmpty(open);
        foreach (var link in open)
            Assert.NotEqual(-1, Duplicate((int)full.DangerousGetHandle(), int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);
}
