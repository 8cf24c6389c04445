using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// Many moves below one folder. The folders of the last move stay open for the next, which is mostly between the same
/// two: a call of the system for each file, where looking at all parts of both paths takes eight.
/// </summary>
internal sealed class BeneathMoves(BeneathFolder files) : IDisposable
{
    private (string Path, SafeFileHandle Handle)? _source;
    private (string Path, SafeFileHandle Handle)? _target;

    /// <inheritdoc cref="BeneathFolder.TryRenameNew"/>
    public bool TryRenameNew(string from, string to)
    {
        if (!files.KeepsOpen)
            return files.TryRenameNew(from, to);
        var source = Parent(ref _source, from);
        var target = Parent(ref _target, to);
        if (Libc.Rename(source, NameOf(from), target, NameOf(to), Libc.RenameNoReplace) == 0)
            return true;

        // Whatever is the matter, the way that looks at everything finds out what to say of it.
        return Marshal.GetLastPInvokeError() is not Libc.Exists && files.TryRenameNew(from, to);
    }

    /// <summary>What is at a path: cheap in the folder that the last move went to.</summary>
    public FileStatus StatusOf(string path) =>
        _target is { } target && target.Path == BeneathFolder.ParentOf(path) ? FileStatus.Of(target.Handle, NameOf(path)) : files.StatusOf(path);

    public void Dispose()
    {
        _source?.Handle.Dispose();
        _target?.Handle.Dispose();
    }

    private SafeFileHandle Parent(ref (string Path, SafeFileHandle Handle)? last, string path)
    {
        var parent = BeneathFolder.ParentOf(path);
        if (last is { } open)
        {
            if (open.Path == parent)
                return open.Handle;
            open.Handle.Dispose();
            last = null;
        }

        var handle = files.OpenFolder(parent);
        last = (parent, handle);
        return handle;
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
