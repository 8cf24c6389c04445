using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>Changes of several folders at once.</summary>
public sealed partial class BeneathFolder
{
    /// <summary>Creates a folder and those that it lies in, as far as they are missing.</summary>
    /// <inheritdoc cref="MakeFolder" path="/exception"/>
    internal void MakeFolders(string relative)
    {
        if (relative.Length == 0 || StatusOf(relative).Kind is FileKind.Folder)
            return;
        MakeFolders(ParentOf(relative));
        MakeFolder(relative);
    }

    /// <summary>Deletes a folder with all in it; of a link in it only the link.</summary>
    /// <exception cref="IOException">Not all of it could be deleted.</exception>
    internal void DeleteTree(string relative)
    {
        if (_resolver is null)
        {
            Directory.Delete(Checked(relative), recursive: true);
            return;
        }

        using var parent = OpenParent(relative, out var name);
        DeleteTree(parent, name);
    }

    private static void DeleteTree(SafeFileHandle parent, string name)
    {
        var descriptor = Libc.OpenBeneath(parent, name, Libc.ReadOnlyFlags);
        if (descriptor < 0)
            throw Libc.Failure(name);
        using (var folder = new SafeFileHandle(descriptor, ownsHandle: true))
        {
            // Under this path the open folder itself is listed, whatever has its name by now.
            foreach (var child in Directory.GetFileSystemEntries($"/proc/self/fd/{descriptor}").Select(path => Path.GetFileName(path)!))
            {
                if (FileStatus.Of(folder, child).Kind is FileKind.Folder)
                    DeleteTree(folder, child);
                else if (Libc.Delete(folder, child, 0) != 0)
                    throw Libc.Failure(child);
            }
        }

        if (Libc.Delete(parent, name, Libc.DeletesFolder) != 0)
            throw Libc.Failure(name);
    }
}
