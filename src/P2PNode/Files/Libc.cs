using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>The calls of the C library that .NET does not offer. Those of Linux alone say so.</summary>
internal static partial class Libc
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int NoDevice = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotADirectory = 20;
    public const int InvalidArgument = 22;
    public const int TooLarge = 27;
    public const int NoSpace = 28;
    public const int NotImplemented = 38;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int QuotaExceeded = 122;

    /// <summary>Not for the children of this process (Linux).</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>Never wait (Linux).</summary>
    public const int NonBlocking = 0x800;

    /// <summary>Read, close on exec, never wait for a writer, never become the controlling terminal (Linux).</summary>
    public const ulong ReadOnlyFlags = CloseOnExec | NonBlocking | 0x100;

    /// <summary>Only to name a folder in other calls, without the right to read it (Linux).</summary>
    public const ulong NameOnlyFlags = CloseOnExec | 0x200000;

    /// <summary>Read and write, close on exec, never wait, never become the controlling terminal (Linux).</summary>
    public const ulong WriteFlags = ReadOnlyFlags | 0x2;

    /// <summary>The same for a file that must not be there yet (Linux).</summary>
    public const ulong CreateFlags = WriteFlags | 0x40 | 0x80;

    /// <summary>For whoever the user's mask allows to read and write.</summary>
    public const ulong FileMode = 0x1B6;
    public const uint FolderMode = 0x1FF;

    public const uint RenameNoReplace = 1;
    public const int DeletesFolder = 0x200;
    public const int LockAtOnce = 0x2 | 0x4;
    public const uint StartWriting = 2;
    public const int KeepSize = 1;
    public const int PunchHole = 2;

    public const int SeekData = 3;
    public const int SeekHole = 4;
    public const int AdviseSequential = 2;

    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;
    private const nint OpenAt2Call = 437;
    private const ulong NoSymlinksBeneath = 0x04 | 0x08;

    /// <summary>Linux: what is at <paramref name="path"/> (UTF-8, ends with a zero); 0 or -1 with the error set.</summary>
    public static unsafe int Stat(ReadOnlySpan<byte> path, out Statx status)
    {
        fixed (byte* name = path)
            return StatxCall(CurrentFolder, name, NoFollow, BasicStats, out status);
    }

    /// <summary>Linux: what an open handle stands for.</summary>
    public static unsafe int Stat(SafeFileHandle handle, out Statx status)
    {
        byte empty = 0;
        return StatxHandle(handle, &empty, EmptyPath, BasicStats, out status);
    }

    /// <summary>Linux: what tells a file or folder from all others, wherever it lies.</summary>
    /// <exception cref="IOException">There is nothing, or the system does not say.</exception>
    public static (ulong Device, ulong Inode) Identity(string path) =>
        Stat(Encoding.UTF8.GetBytes(path + '\0'), out var status) == 0 ? (status.Device, status.Inode) : throw Failure(path);

    /// <inheritdoc cref="Identity(string)"/>
    public static (ulong Device, ulong Inode) Identity(SafeFileHandle handle) =>
        Stat(handle, out var status) == 0 ? (status.Device, status.Inode) : throw Failure("open folder");

    /// <summary>Linux: what is at a path below an open folder.</summary>
    public static unsafe int Stat(SafeFileHandle folder, ReadOnlySpan<byte> path, out Statx status)
    {
        fixed (byte* name = path)
            return StatxHandle(folder, name, NoFollow, BasicStats, out status);
    }

    /// <summary>Linux: opens below <paramref name="folder"/> without passing any symbolic link; -1 with the error set.</summary>
    public static unsafe nint OpenBeneath(SafeFileHandle folder, string path, ulong flags, ulong mode = 0)
    {
        var how = new OpenHow { Flags = flags, Mode = mode, Resolve = NoSymlinksBeneath };
        return OpenAt2(OpenAt2Call, folder, path, &how, sizeof(OpenHow));
    }

    /// <summary>Renames from one open folder to another.</summary>
    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(SafeFileHandle fromFolder, string from, SafeFileHandle toFolder, string to);

    /// <summary>Linux: renames from one open folder to another, with flags.</summary>
    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(SafeFileHandle fromFolder, string from, SafeFileHandle toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(SafeFileHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Delete(SafeFileHandle folder, string name, int flags);

    /// <summary>Takes the lock of an open file that programs respect who ask for it.</summary>
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle handle);

    /// <summary>Linux: where data or a hole begins from an offset on; -1 with the error set, NoDevice where none does.</summary>
    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle handle, long offset, int whence);

    /// <summary>Says how a file will be read; 0 or an error.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeFileHandle handle, long offset, long length, int advice);

    /// <summary>Linux: writes back all that is dirty on the file system of <paramref name="handle"/>.</summary>
    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int OpenEvents(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddWatch(SafeFileHandle events, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(SafeFileHandle events, int watch);

    /// <summary>Linux: a handle that can be read once something was written to it.</summary>
    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int OpenWakeUp(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle from, Span<byte> buffer, nint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle to, ReadOnlySpan<byte> bytes, nint size);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<Polled> handles, nuint count, int milliseconds);

    /// <summary>Linux: has the disk begin, or end, to write a stretch of a file; 0 bytes mean all of it.</summary>
    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncFileRange(SafeFileHandle handle, long offset, long bytes, uint flags);

    /// <summary>Linux: takes or gives up room for a stretch of a file.</summary>
    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle handle, int mode, long offset, long length);

    /// <summary>The last failure as an exception that names the path.</summary>
    public static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{new Win32Exception(error).Message} : '{path}'", error);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int StatxCall(int folder, byte* path, int flags, uint mask, out Statx status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int StatxHandle(SafeFileHandle handle, byte* path, int flags, uint mask, out Statx status);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint OpenAt2(nint call, SafeFileHandle folder, string path, OpenHow* how, nint size);

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct pollfd: which handle, what for, and what came of it.</summary>
    public struct Polled
    {
        public const short Readable = 1;

        public int Handle;
        public short Wanted;
        public short Happened;
    }

    /// <summary>struct statx of Linux, the same on every processor; only what is read here has a name.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(0x1C)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public long Size;

        [FieldOffset(0x60)]
        public long CtimeSeconds;

        [FieldOffset(0x68)]
        public uint CtimeNanoseconds;

        [FieldOffset(0x70)]
        public long MtimeSeconds;

        [FieldOffset(0x78)]
        public uint MtimeNanoseconds;

        /// <summary>The device, major and minor number.</summary>
        [FieldOffset(0x88)]
        public ulong Device;
    }
}
