namespace P2PNode.Fuzz.Targets;

/// <summary>A folder, in memory where that can be, that vanishes with who made it.</summary>
internal sealed class SampleFolder : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(), $"p2pnode-fuzz-{Guid.NewGuid():N}")).FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
