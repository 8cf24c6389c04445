namespace P2PNode.Tests.Api;

/// <summary>An empty folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("p2pnode-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
