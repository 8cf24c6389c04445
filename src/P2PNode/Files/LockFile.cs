namespace P2PNode.Files;

/// <summary>A file that one process at a time has open. A symbolic link in its place is refused: it would have a file made elsewhere.</summary>
internal static class LockFile
{
    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Null where another process has it, or another part of this one.</summary>
    /// <exception cref="IOException">There is a symbolic link, or the file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        FileStatus.RefuseLink(path);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LockedOnLinux or LockedOnMac or SharingViolation)
        {
            return null;
        }
    }

    /// <summary>Waits until nobody else has it.</summary>
    /// <exception cref="IOException">That took too long, or as <see cref="TryTake"/>.</exception>
    public static async Task<FileStream> TakeAsync(string path, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (clock.GetElapsedTime(began) >= patience)
                throw new IOException($"{path} has been in use by other processes for {patience.TotalSeconds:0} seconds");
            await Task.Delay(Pause, clock, stop);
        }
    }
}
