using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Api;

/// <summary>
/// The path of a node's local socket, in a form that fits into a socket address however deep the folder lies. Keep it
/// undisposed as long as the socket is bound or being connected.
/// </summary>
internal sealed partial class LocalSocketPath : IDisposable
{
    private const string StateFolder = ".p2pnode";
    private const string SocketName = "api.sock";

    /// <summary>Safe everywhere: a socket address holds 108 bytes on Linux, 104 on macOS, with the final zero.</summary>
    private const int LongestAddress = 100;

    private readonly SafeFileHandle? _folder;

    private LocalSocketPath(string path, string address, SafeFileHandle? folder) =>
        (Path, Address, _folder) = (path, address, folder);

    /// <summary>The path as people read it.</summary>
    public string Path { get; }

    /// <summary>The path to bind or connect to.</summary>
    public string Address { get; }

    /// <summary>The folder that holds the socket, as a node keeps its state in it.</summary>
    public static string FolderOf(string nodeFolder) => System.IO.Path.Combine(nodeFolder, StateFolder);

    /// <param name="nodeFolder">The absolute path of the node's folder.</param>
    /// <exception cref="IOException">The state folder is missing, or its path too long for this system.</exception>
    public static LocalSocketPath Open(string nodeFolder)
    {
        var folder = FolderOf(nodeFolder);
        var path = System.IO.Path.Combine(folder, SocketName);
        if (System.Text.Encoding.UTF8.GetByteCount(path) <= LongestAddress)
            return new LocalSocketPath(path, path, null);
        if (!OperatingSystem.IsLinux())
            throw new PathTooLongException($"The path {path} is too long for a socket; choose a shorter folder.");

        // Linux resolves the name of an open folder in /proc, which is short whatever the folder is called.
        var handle = OpenFolder(folder);
        var address = $"/proc/self/fd/{handle.DangerousGetHandle()}/{SocketName}";
        return new LocalSocketPath(path, address, handle);
    }

    public UnixDomainSocketEndPoint EndPoint => new(Address);

    public void Dispose() => _folder?.Dispose();

    private static SafeFileHandle OpenFolder(string folder)
    {
        const int PathOnly = 0x200000; // O_PATH: no right to read the folder is needed
        const int CloseOnExec = 0x80000; // O_CLOEXEC

        var descriptor = OpenDescriptor(folder, PathOnly | CloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new DirectoryNotFoundException($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);
}
