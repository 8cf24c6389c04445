using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>What the kernel says of one watched folder, or of a name in it.</summary>
/// <param name="Watch">Which folder; -1 for none.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Name">The name in the folder; empty for the folder itself.</param>
/// <param name="IsText">False where the name is not UTF-8; it is only roughly <paramref name="Name"/> then.</param>
internal readonly record struct InotifyEvent(int Watch, InotifyKinds Kind, string Name, bool IsText)
{
    /// <summary>Bytes before the name: watch, kind, cookie, length of the name.</summary>
    private const int HeaderSize = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Takes the first event off a buffer that the kernel has filled.</summary>
    public static InotifyEvent Take(ref ReadOnlySpan<byte> buffer)
    {
        var watch = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        var kind = (InotifyKinds)BinaryPrimitives.ReadUInt32LittleEndian(buffer[4..]);
        var size = HeaderSize + BinaryPrimitives.ReadInt32LittleEndian(buffer[12..]);
        var name = buffer[HeaderSize..size].TrimEnd((byte)0);
        buffer = buffer[size..];
        try
        {
            return new InotifyEvent(watch, kind, Strict.GetString(name), IsText: true);
        }
        catch (DecoderFallbackException)
        {
            return new InotifyEvent(watch, kind, Encoding.UTF8.GetString(name), IsText: false);
        }
    }
}

/// <summary>The kernel's own bits (inotify(7)).</summary>
[Flags]
internal enum InotifyKinds : uint
{
    None = 0,
    Modified = 0x2,
    AttributesChanged = 0x4,
    Closed = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    SelfMoved = 0x800,
    Unmounted = 0x2000,
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyFolders = 0x1000000,
    DontFollow = 0x2000000,
    ExcludeUnlinked = 0x4000000,
    Folder = 0x40000000,
}

/// <summary>The kernel's queue of file system events (Linux). One thread reads, any may watch and dispose.</summary>
internal sealed class Inotify : IDisposable
{
    private readonly SafeFileHandle _events;
    private readonly SafeFileHandle _wakeUp;

    /// <exception cref="IOException">The system grants no more queues to this user.</exception>
    public Inotify()
    {
        _events = Own(Libc.OpenEvents(Libc.CloseOnExec | Libc.NonBlocking));
        try
        {
            _wakeUp = Own(Libc.OpenWakeUp(0, Libc.CloseOnExec | Libc.NonBlocking));
        }
        catch
        {
            _events.Dispose();
            throw;
        }
    }

    /// <summary>Watches a folder, without those in it; one that is watched already keeps its number.</summary>
    /// <returns>The number; negative where it failed, with the error set.</returns>
    public int Watch(string path, InotifyKinds kinds) => Libc.AddWatch(_events, path, (uint)kinds);

    public void Unwatch(int watch) => _ = Libc.RemoveWatch(_events, watch);

    /// <summary>Waits for events and reads those that are there; 0 once woken up for good.</summary>
    /// <exception cref="IOException">The queue failed.</exception>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (IsWokenUp(Timeout.InfiniteTimeSpan, orEvents: true))
                return 0;
            var length = Libc.Read(_events, buffer, buffer.Length);
            if (length > 0)
                return (int)length;
            if (Marshal.GetLastPInvokeError() is not (Libc.Interrupted or Libc.TryAgain))
                throw Libc.Failure("inotify");
        }
    }

    /// <summary>Waits whatever comes, unless woken up.</summary>
    public bool Pause(TimeSpan time) => !IsWokenUp(time, orEvents: false);

    /// <summary>Ends every <see cref="Read"/> and <see cref="Pause"/> from now on.</summary>
    public void WakeUp() => _ = Libc.Write(_wakeUp, BitConverter.GetBytes(1L), sizeof(long));

    public void Dispose()
    {
        _events.Dispose();
        _wakeUp.Dispose();
    }

    private static SafeFileHandle Own(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Libc.Failure("inotify");

    private bool IsWokenUp(TimeSpan time, bool orEvents)
    {
        Span<Libc.Polled> handles =
        [
            new() { Handle = (int)_wakeUp.DangerousGetHandle(), Wanted = Libc.Polled.Readable },
            new() { Handle = (int)_events.DangerousGetHandle(), Wanted = Libc.Polled.Readable },
        ];
        var count = Libc.Poll(handles, orEvents ? 2u : 1u, (int)time.TotalMilliseconds);
        return count > 0 && handles[0].Happened != 0;
    }
}
