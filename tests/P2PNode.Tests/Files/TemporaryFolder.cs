namespace P2PNode.Tests.Files;

/// <summary>A folder that vanishes with the test that uses it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("p2pnode-test-").FullName;

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
