using System.Text;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Files;

/// <summary>A store of copies in a folder of its own.</summary>
internal sealed class StoreUnderTest : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public StoreUnderTest() => Open();

    public NodeFolder Folder { get; private set; } = null!;

    public CopyStore Store { get; private set; } = null!;

    public static FileEntry Entry(string path, string content) => new()
    {
        Path = FilePath.Parse(path),
        Kind = EntryKind.File,
        Size = Encoding.UTF8.GetByteCount(content),

        // Versions differ in time: two that do not, of one size, are told apart by the inode, but that may be used again
        // when the rows of two versions in turn are lost.
        MtimeTicks = new DateTime(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc).Ticks + 1234567 + ContentHasher.Of(Encoding.UTF8.GetBytes(content)).GetHashCode() % 1000,
        Root = ContentHasher.Of(Encoding.UTF8.GetBytes(content)),
        Seq = 1,
    };

    public Task<List<CopyFailure>> KeepAsync(NodeId owner, FileEntry entry, string content) =>
        Store.CommitAsync([Store.WriteSmall(owner, entry, Encoding.UTF8.GetBytes(content))]);

    public string Content(NodeId owner, string path) => File.ReadAllText(Folder.CopyPath(owner, FilePath.Parse(path)));

    /// <summary>The contents of all files in the trash.</summary>
    public IReadOnlyList<string> Trashed() =>
        [.. Directory.EnumerateFiles(Folder.Trash, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Order()];

    /// <summary>A folder beside the node's.</summary>
    public string Outside(string name) => Directory.CreateDirectory(_temporary[name]).FullName;

    /// <summary>Closes everything and opens it again, as after a crash: nothing is saved on the way.</summary>
    public void Restart(Action? meanwhile = null)
    {
        Close();
        meanwhile?.Invoke();
        Open();
    }

    public void Dispose()
    {
        Close();
        _temporary.Dispose();
    }

    private void Open()
    {
        Folder = NodeFolder.Open(_temporary["NODE1"], Logger.None);
        Store = CopyStore.Open(Folder, new Trash(Folder, new ManualClock(), new TrashLimits(), Logger.None), Logger.None);
    }

    private void Close()
    {
        Store.Dispose();
        Folder.Dispose();
    }
}
