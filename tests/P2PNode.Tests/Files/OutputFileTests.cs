using System.Diagnostics;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class OutputFileTests : IDisposable
{
    private static readonly DateTime Time = new DateTime(2025, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddTicks(1_234_567);

    private readonly TemporaryFolder _folder = new();
    private readonly BeneathFolder _source;

    public OutputFileTests() => _source = new BeneathFolder(_folder.Path);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _source.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_is_written_with_its_time_and_mode_into_folders_that_are_made_for_it()
    {
        var target = _folder["out/deep/a.sh"];

        Write(target, "content", executable: true);

        Assert.Equal("content", File.ReadAllText(target));
        Assert.Equal(Time, File.GetLastWriteTimeUtc(target));
        Assert.Equal(["a.sh"], NamesIn("out/deep"));
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(target).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void What_exists_is_replaced_by_force_only()
    {
        var target = _folder.Write("out/a", "mine");

        var refused = Assert.Throws<CopyException>(() => Write(target, "content"));
        Assert.Contains($"{target} exists already", refused.Message);
        Assert.Equal("mine", File.ReadAllText(target));
        Assert.Equal(["a"], NamesIn("out"));

        Write(target, "content", force: true);
        Assert.Equal("content", File.ReadAllText(target));
    }

    [Fact]
    public void No_folder_for_files_is_told_by_the_place_that_was_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");

        var failed = Assert.Throws<CopyException>(() => Write("/proc/p2pnode", "content"));

        Assert.Contains("/proc/p2pnode'", failed.Message);
    }

    [Fact]
    public void A_link_that_leads_nowhere_counts_as_existing()
    {
        Directory.CreateDirectory(_folder["out"]);
        File.CreateSymbolicLink(_folder["out/a"], _folder["nowhere"]);

        Assert.NotNull(OutputFile.Objection(OutputPlace.Of(_folder["out/a"]), force: false));
        Assert.Throws<CopyException>(() => Write(_folder["out/a"], "content"));
        Assert.False(File.Exists(_folder["nowhere"]));
    }

    [Fact]
    public void Other_content_than_was_promised_leaves_nothing_behind()
    {
        var target = _folder["out/a"];

        Assert.Equal(CopyFault.WrongContent, Assert.Throws<CopyException>(() => Write(target, "content", promised: "another")).Fault);

        Assert.Empty(NamesIn("out"));
    }

    [Fact]
    public void A_folder_is_never_replaced()
    {
        Directory.CreateDirectory(_folder["out/a"]);

        Assert.Equal($"{_folder["out/a"]} is a folder", OutputFile.Objection(OutputPlace.Of(_folder["out/a"]), force: true));
        Assert.Throws<CopyException>(() => Write(_folder["out/a"], "content", force: true));
        Assert.True(Directory.Exists(_folder["out/a"]));
        Assert.Null(OutputFile.Objection(OutputPlace.Of(_folder["out/b"]), force: false));
    }

    [Fact]
    public void What_is_no_file_is_not_replaced_even_by_force()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there a named pipe is told from a file.");
        Directory.CreateDirectory(_folder["out"]);
        var pipe = _folder["out/a"];
        Process.Start("mkfifo", pipe).WaitForExit();
        var sentence = $"{pipe} is a device, a named pipe or a socket, which is not replaced";

        Assert.Equal(sentence, OutputFile.Objection(OutputPlace.Of(pipe), force: true));
        Assert.Equal(sentence, OutputFile.Objection(OutputPlace.Of(pipe), force: false));
        Assert.Contains(sentence, Assert.Throws<CopyException>(() => Write(pipe, "content", force: true)).Message);

        Assert.Equal(FileKind.Special, FileStatus.Of(pipe).Kind);
        Assert.Equal(["a"], NamesIn("out"));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_the_reason()
    {
        _folder.Write("file", "mine");

        var failed = Assert.Throws<CopyException>(() => Write(_folder["file/deep/a"], "content"));
        Assert.Equal(CopyFault.WriteFailed, failed.Fault);
    }

    [Fact]
    public void Below_the_folder_that_was_named_no_link_is_passed()
    {
        Directory.CreateDirectory(_folder["out"]);
        Directory.CreateDirectory(_folder["outside"]);
        Directory.CreateSymbolicLink(_folder["out/sub"], _folder["outside"]);
        Directory.CreateSymbolicLink(_folder["named"], _folder["out"]);

        Write(new OutputPlace(_folder["named"], "deep/a"), "content");
        Assert.Equal("content", File.ReadAllText(_folder["out/deep/a"]));
        Assert.Throws<CopyException>(() => Write(new OutputPlace(_folder["named"], "sub/a"), "content"));
        Assert.Throws<CopyException>(() => Write(new OutputPlace(_folder["named"], "sub/deep/a"), "content", force: true));
        Assert.Empty(NamesIn("outside"));
    }

    private void Write(string target, string content, bool force = false, bool executable = false, string? promised = null) =>
        Write(OutputPlace.Of(target), content, force, executable, promised);

    private void Write(OutputPlace place, string content, bool force = false, bool executable = false, string? promised = null)
    {
        _folder.Write("source", content);
        var bytes = System.Text.Encoding.UTF8.GetBytes(promised ?? content);
        var entry = new FileEntry
        {
            Path = FilePath.Parse("a"),
            Kind = EntryKind.File,
            Size = bytes.Length,
            MtimeTicks = Time.Ticks,
            Executable = executable,
            Root = ContentHasher.Of(bytes),
        };
        using var source = _source.OpenRead("source");
        Directory.CreateDirectory(_folder["notes"]);
        OutputFile.Write(place, source, entry, force, new UnfinishedOutputs(_folder["notes"]), Stop);
        Assert.Empty(NamesIn("notes"));
    }

    private string[] NamesIn(string folder) => [.. new DirectoryInfo(_folder[folder]).EnumerateFileSystemInfos().Select(entry => entry.Name)];
}
