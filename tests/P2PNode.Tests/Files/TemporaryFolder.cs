namespace P2PNode.Tests.Files;

/// <summary>A folder that vanishes with the test that uses it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="parent">Where; the system's place for such folders unless given.</param>
    public TemporaryFolder(string? parent = null) => Path = parent is null
        ? Directory.CreateTempSubdirectory("p2pnode-test-").FullName
        : Directory.CreateDirectory(System.IO.Path.Combine(parent, $"p2pnode-test-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a file below the folder, with the parents that it needs.</summary>
    public string Write(string relative, string content, DateTime? mtime = null)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        if (mtime is { } time)
            File.SetLastWriteTimeUtc(path, time);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
