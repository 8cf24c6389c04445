using Microsoft.Win32.SafeHandles;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

/// <summary>A thread that exchanges a folder with a link, as fast as it can, until disposed. Linux only.</summary>
internal sealed class LinkSwapper : IDisposable
{
    private const uint Exchange = 2;

    private readonly string _parent;
    private readonly string _name;
    private readonly string _target;
    private readonly SafeFileHandle _folder;
    private readonly Thread _thread;
    private volatile bool _isDisposed;

    /// <param name="parent">Where the folder lies; created where it is missing.</param>
    /// <param name="name">Of the folder.</param>
    /// <param name="target">Where the link leads to.</param>
    public LinkSwapper(string parent, string name, string target)
    {
        (_parent, _name, _target) = (Directory.CreateDirectory(parent).FullName, name, target);
        _folder = Durable.OpenFolder(parent);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    private string Aside => Path.Combine(_parent, ".aside");

    private string Place => Path.Combine(_parent, _name);

    public void Dispose()
    {
        _isDisposed = true;
        _thread.Join();
        _folder.Dispose();
    }

    private void Run()
    {
        for (var number = 0; !_isDisposed; number++)
        {
            try
            {
                Prepare(number);
                for (var swap = 0; swap < 64; swap++)
                    _ = Libc.Rename(_folder, _name, _folder, ".aside", Exchange);
            }
            catch (IOException)
            {
                // The one who is tested moved the same thing at this moment.
            }
        }
    }

    /// <summary>Sees to it that one of the two is a folder and the other a link.</summary>
    private void Prepare(int number)
    {
        if (FileStatus.Of(Place).Kind is FileKind.SymbolicLink || FileStatus.Of(Aside).Kind is FileKind.SymbolicLink)
            return;
        if (FileStatus.Of(Aside).Kind is FileKind.Folder)
            Directory.Move(Aside, Path.Combine(_parent, $".old{number}"));
        Directory.CreateSymbolicLink(Aside, _target);
        Directory.CreateDirectory(Place);
    }
}
