using System.Text;
using P2PNode.Files;

namespace P2PNode.Tests.Testing;

/// <summary>Changes of files that size, time and inode do not tell.</summary>
internal static class InPlace
{
    /// <summary>Overwrites a file with as many bytes and sets its time back.</summary>
    public static void Overwrite(string path, string content) =>
        Change(path, () =>
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(content), 0);
        });

    /// <summary>Takes a change of a mode to something and back.</summary>
    public static void Touch(string path) => Change(path, () => { });

    private static void Change(string path, Action change)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells when anything of a file was changed last.");
        var before = FileStatus.Of(path).Stamp;
        FileStamp after;
        do
        {
            change();
            File.SetLastWriteTimeUtc(path, new DateTime(before.MtimeTicks, DateTimeKind.Utc));
            after = FileStatus.Of(path).Stamp;
        }
        while (after == before); // The clock of the file system ticks every few milliseconds.

        Assert.Equal((before.Size, before.MtimeTicks, before.Inode), (after.Size, after.MtimeTicks, after.Inode));
    }
}
