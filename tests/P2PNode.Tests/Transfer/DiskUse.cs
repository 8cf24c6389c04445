using System.Diagnostics;
using System.Globalization;

namespace P2PNode.Tests.Transfer;

internal static class DiskUse
{
    /// <summary>Bytes that a file takes on the disk, as du says.</summary>
    public static long Of(string path)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["--block-size=1", path]) { RedirectStandardOutput = true })!;
        var said = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(said.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
