using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Files;

/// <summary>Random lives of a store, against the rules that hold after every step of one.</summary>
public class CopyStoreProperties
{
    private static readonly NodeId Owner = new(2);

    private static readonly string[] Paths = ["a", "a/b", "a/b/c", "d/e", "d/f", "g"];

    public enum Deed
    {
        Receive,
        Remove,
        KeepFolder,
        UserWrites,
        Crash,
        CrashAndLoseRows,
    }

    [Fact]
    public void Copies_are_whole_and_what_users_wrote_is_never_lost()
    {
        var steps = Gen.Elements(Enum.GetValues<Deed>()).SelectMany(
            deed => Gen.Elements(Paths), (deed, path) => (Deed: deed, Path: path)).ListOf().ToArbitrary();

        Prop.ForAll(steps, life => Live([.. life])).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithQuietOnSuccess(true));
    }

    private static void Live((Deed Deed, string Path)[] life)
    {
        using var test = new StoreUnderTest();
        var ofUsers = new HashSet<string>();
        for (var step = 0; step < life.Length; step++)
        {
            Do(test, life[step].Deed, life[step].Path, $"{step}", ofUsers);

            Assert.All(
                test.Store.CopiesOf(Owner).Where(entry => Serves(test, entry)),
                entry => Assert.Equal(entry.Root, ContentHasher.Of(File.ReadAllBytes(test.Folder.CopyPath(Owner, entry.Path)))));
            var found = Directory.EnumerateFiles(test.Folder.Peers, "*", SearchOption.AllDirectories).Select(File.ReadAllText)
                .Concat(test.Trashed()).ToHashSet();
            Assert.All(ofUsers, content => Assert.Contains(content, found));
            Assert.Empty(Directory.GetFileSystemEntries(test.Folder.Temporary));
        }
    }

    private static bool Serves(StoreUnderTest test, FileEntry entry)
    {
        using var file = test.Store.OpenCopy(Owner, entry.Path);
        return file is not null;
    }

    private static void Do(StoreUnderTest test, Deed deed, string path, string content, HashSet<string> ofUsers)
    {
        switch (deed)
        {
            case Deed.Receive:
                var entry = StoreUnderTest.Entry(path, content);
                Assert.Empty(test.KeepAsync(Owner, entry, content).GetAwaiter().GetResult());
                Assert.Equal(content, test.Content(Owner, path));
                Assert.Equal(entry, test.Store.Find(Owner, entry.Path));
                break;
            case Deed.Remove:
                test.Store.Remove(Owner, [FilePath.Parse(path)]);
                Assert.Null(test.Store.Find(Owner, FilePath.Parse(path)));
                break;
            case Deed.KeepFolder:
                test.Store.EnsureFolder(Owner, new FileEntry { Path = FilePath.Parse(path), Kind = EntryKind.EmptyFolder });
                Assert.True(Directory.Exists(test.Folder.CopyPath(Owner, FilePath.Parse(path))));
                break;
            case Deed.UserWrites:
                UserWrites(test.Folder.CopyPath(Owner, FilePath.Parse(path)), $"of a user, {content}", ofUsers);
                break;
            case Deed.Crash:
                test.Store.Receive(Owner, StoreUnderTest.Entry(path, content)).Append("1"u8);
                test.Restart();
                break;
            case Deed.CrashAndLoseRows:
                var log = Path.Combine(test.Folder.State, "copies.log");
                test.Restart(() => File.WriteAllBytes(log, File.ReadAllBytes(log)[..^Math.Min(40, (int)new FileInfo(log).Length)]));
                break;
        }
    }

    /// <summary>A user overwrites a file, if there is a place for it.</summary>
    private static void UserWrites(string path, string content, HashSet<string> ofUsers)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)) || Directory.Exists(path))
            return;
        if (File.Exists(path) && ofUsers.Contains(File.ReadAllText(path)))
            return; // What users do to their own files is theirs to answer for.
        File.WriteAllText(path, content);
        ofUsers.Add(content);
    }
}
