using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace P2PNode.Files;

/// <summary>
/// Change events of Linux, for those folders alone that are asked for. A folder that came, was moved or was replaced is
/// only named: whoever reads it asks for it again, before reading, so that nothing falls between.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class InotifySource : IDisposable
{
    private const InotifyKinds Named = InotifyKinds.MovedFrom | InotifyKinds.MovedTo | InotifyKinds.Created | InotifyKinds.Deleted;

    private const InotifyKinds Wanted = Named | InotifyKinds.Modified | InotifyKinds.Closed | InotifyKinds.AttributesChanged
        | InotifyKinds.OnlyFolders | InotifyKinds.ExcludeUnlinked;

    /// <summary>
    /// Events come together for so long: it bounds how often the thread wakes, and the kernel makes one event of many like
    /// ones. Its queue holds 16,384.
    /// </summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly Inotify _inotify = new();
    private readonly WatchedFolders _folders = new();
    private readonly Thread _reader;
    private readonly string _root;
    private readonly Action<string, bool> _onChange;
    private readonly Action _onLost;
    private readonly int _above;
    private bool _disposed;

    /// <inheritdoc cref="SystemWatcherSource(string, Action{string, bool}, Action{Exception})"/>
    public InotifySource(string root, Action<string, bool> onChange, Action onLost)
    {
        (_root, _onChange, _onLost) = (root, onChange, onLost);
        _reader = new Thread(Run) { IsBackground = true, Name = "File watcher" };

        // What is above tells that the root itself goes, is replaced, or comes back. It may be closed to this user.
        _above = Path.GetDirectoryName(root) is { } above ? _inotify.Watch(above, Named | InotifyKinds.OnlyFolders) : -1;
        try
        {
            if (Watch("") is { } refusal)
                throw refusal;
        }
        catch
        {
            _inotify.Dispose();
            throw;
        }

        _reader.Start();
    }

    /// <summary>Watches a folder, without those in it.</summary>
    /// <param name="folder">Relative; "" for the root.</param>
    /// <returns>Why the system refuses; null where it does not. A folder that is gone, or closed, only the root must not be.</returns>
    public IOException? Watch(string folder)
    {
        lock (_gate)
        {
            if (_disposed)
                return null;
            var path = Path.Join(_root, folder);
            var watch = _inotify.Watch(path, folder.Length == 0 ? Wanted | InotifyKinds.SelfMoved : Wanted | InotifyKinds.DontFollow);
            if (watch >= 0)
                Unwatch(_folders.Put(watch, folder));
            else if (folder.Length == 0 || Marshal.GetLastPInvokeError()
                is not (Libc.NotFound or Libc.NotADirectory or Libc.AccessDenied or Libc.TooManyLinks))
                return Libc.Failure(path);
            return null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _inotify.WakeUp();
        _reader.Join();
        _inotify.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (_inotify.Read(buffer) is var length and > 0)
            {
                for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, length); rest.Length > 0;)
                    React(InotifyEvent.Take(ref rest));
                if (!_inotify.Pause(Gather))
                    return;
            }
        }
        catch (IOException)
        {
            _onLost();
        }
    }

    private void React(in InotifyEvent what)
    {
        if (what.Kind.HasFlag(InotifyKinds.Overflow))
            _onLost();
        else if (what.Watch == _above)
            ReactAbove(what);
        else if (what.Name.Length == 0)
            ReactToItself(what);
        else if (what.IsText || (what.Kind & (InotifyKinds.MovedFrom | InotifyKinds.Deleted)) == 0)
            ReactInside(what);
    }

    /// <summary>Of what is beside the root nothing is told but that its own name was given or taken.</summary>
    private void ReactAbove(in InotifyEvent what)
    {
        if (what.Name == Path.GetFileName(_root) && what.Kind.HasFlag(InotifyKinds.Folder))
            _onLost();
    }

    private void ReactToItself(in InotifyEvent what)
    {
        const InotifyKinds Gone = InotifyKinds.Ignored | InotifyKinds.Unmounted | InotifyKinds.SelfMoved;
        if ((what.Kind & Gone) == 0)
            return;
        string? path;
        lock (_gate)
        {
            path = _folders.PathOf(what.Watch);
            Unwatch(_folders.Remove(what.Watch));
        }

        if (path?.Length == 0)
            _onLost();
        else if (path is not null)
            _onChange(path, false);
    }

    private void ReactInside(in InotifyEvent what)
    {
        string? path;
        lock (_gate)
        {
            if (_folders.PathOf(what.Watch) is not { } folder)
                return;
            path = folder.Length == 0 ? what.Name : $"{folder}/{what.Name}";
            if (what.Kind.HasFlag(InotifyKinds.Folder) && (what.Kind & Named) != 0)
                Unwatch(_folders.Remove(path));
        }

        _onChange(path, what.Kind.HasFlag(InotifyKinds.MovedTo));
    }

    private void Unwatch(IReadOnlyList<int> watches)
    {
        foreach (var watch in watches)
            _inotify.Unwatch(watch);
    }
}
