using System.Security.Cryptography;
using System.Text;

namespace P2PNode.Files;

/// <summary>
/// Remembers the temporary files that this node has outside of its own folder, so that the next start deletes those that
/// an end without warning left behind. Thread-safe.
/// </summary>
/// <param name="folder">Where the notes lie, absolute; it must be there. A note is called as the file that it is about, and holds its path.</param>
internal sealed class UnfinishedOutputs(string folder)
{
    private const string Prefix = ".p2pnode-";
    private const string Suffix = ".part";
    private const int Digits = 16;

    /// <summary>A path of the system has fewer bytes.</summary>
    private const int MostBytes = 64 * 1024;

    /// <summary>A name for a temporary file, unlike that of any other.</summary>
    public static string NewName() => $"{Prefix}{RandomNumberGenerator.GetHexString(Digits, lowercase: true)}{Suffix}";

    /// <summary>Remembers a file until what is returned is disposed; dispose it when the file is gone.</summary>
    /// <param name="path">Absolute; its name is from <see cref="NewName"/>.</param>
    public IDisposable Note(string path)
    {
        var note = new Noted(Path.Combine(folder, Path.GetFileName(path)), path);
        try
        {
            File.WriteAllBytes(note.File, Encoding.UTF8.GetBytes(path));
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            // That a file may be left behind is no reason not to write it.
        }

        return note;
    }

    /// <summary>Deletes what an earlier run left behind. Nothing else: only a file of such a name, in the place that was noted.</summary>
    /// <returns>How many files were deleted.</returns>
    public int Clear() => new DirectoryInfo(folder).GetFiles().Count(note => IsName(note.Name) && Clear(note));

    private static bool Clear(FileInfo note)
    {
        try
        {
            if (note.Length > MostBytes)
                return false;
            var path = File.ReadAllText(note.FullName);
            var isPath = Path.IsPathFullyQualified(path) && !path.Contains('\0') && Path.GetFileName(path) == note.Name;
            var isLeft = isPath && FileStatus.Of(path).Kind is FileKind.File;
            if (isLeft)
                File.Delete(path);
            note.Delete();
            return isLeft;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return false; // It is tried again at the next start.
        }
    }

    private static bool IsName(string name) =>
        name.Length == Prefix.Length + Digits + Suffix.Length
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name[Prefix.Length..^Suffix.Length].All(char.IsAsciiHexDigitLower);

    /// <param name="File">The note.</param>
    /// <param name="About">The path that it holds.</param>
    private sealed record Noted(string File, string About) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                if (FileStatus.Of(About).Kind is FileKind.Missing)
                    System.IO.File.Delete(File);
            }
            catch (Exception e) when (CopyException.IsCause(e))
            {
                // It stays for the next start.
            }
        }
    }
}
