using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

/// <summary>What of a node's space is offered, and what is not.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task The_first_scan_offers_all_files_with_size_time_mode_and_root()
    {
        var program = _space.Write("bin/tool", "#!/bin/sh", Old.AddTicks(1234567));
        _space.Write("a.txt", "hello", Old);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["a.txt", "bin/tool"], run.Offered.Keys);
        var tool = run.Published.Single(entry => entry.Path.Value == "bin/tool");
        Assert.Equal((9, Old.AddTicks(1234567).Ticks), (tool.Size, tool.MtimeTicks));
        Assert.Equal(!OperatingSystem.IsWindows(), tool.Executable);
        Assert.Equal(ContentHasher.Of("#!/bin/sh"u8), tool.Root);
        Assert.Equal([1, 2], run.Published.Select(entry => entry.Seq).Order());
    }

    [Fact]
    public async Task The_first_scan_ends_with_the_files_that_had_to_stand_still_first()
    {
        _space.Write("just written", "x");
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["just written"], run.Offered.Keys);
    }

    [Fact]
    public async Task The_names_that_the_program_keeps_for_itself_are_not_own_files()
    {
        _space.Write("peers/NODE2/copy", "copy", Old);
        _space.Write("shared/common", "common", Old);
        _space.Write("peer_files.log", "log", Old);
        _space.Write("deeper/peers/mine", "mine", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["deeper/peers/mine"], run.Offered.Keys);
        Assert.Empty(run.Files.NotShared);
    }

    [Fact]
    public async Task The_folder_of_another_node_is_not_shared()
    {
        _space.Write("mine", "x", Old);
        _space.Write("NODE9/.p2pnode/lock", "", Old);
        _space.Write("NODE9/theirs", "x", Old);
        _space.Write("NODE9/deeper/theirs", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        // The place of the folder itself stays what it was before: nothing.
        Assert.Equal(["mine"], run.Offered.Keys);
        Assert.Equal(["NODE9"], run.Files.NotShared.Select(item => item.Path));
    }

    [Fact]
    public async Task What_becomes_the_folder_of_another_node_is_withdrawn()
    {
        _space.Write("mine", "x", Old);
        _space.Write("NODE9/theirs", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        Assert.Equal(["NODE9/theirs", "mine"], run.Offered.Keys);

        Directory.CreateDirectory(_space["NODE9/.p2pnode"]);
        _space.Write("NODE9/later", "x", Old);

        await run.UntilOfferedAsync("mine");
        await Eventually.HoldsAsync(() => run.Files.NotShared.Any(item => item.Path == "NODE9"), "the folder is listed as not shared");
    }

    [Fact]
    public async Task What_cannot_travel_is_listed_as_not_shared_with_the_reason()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot hold such names.");
        _space.Write("target", "x", Old);
        _space.Write("a:b", "x", Old);
        _space.Write("e\u0301.txt", "x", Old);
        _space.Write("aux.d/inside", "x", Old);
        File.CreateSymbolicLink(_space["link"], _space["target"]);
        Directory.CreateSymbolicLink(_space["linked"], Path.GetTempPath());
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["target"], run.Offered.Keys);
        Assert.Equal(
            ["a:b", "aux.d", "e\u0301.txt", "link", "linked"],
            run.Files.NotShared.Select(item => item.Path).Order(StringComparer.Ordinal));
        Assert.All(run.Files.NotShared, item => Assert.NotEmpty(item.Reason));
    }

    [Fact]
    public async Task Names_that_differ_in_case_alone_are_both_offered()
    {
        _space.Write("readme", "one", Old);
        Assert.SkipWhen(File.Exists(_space["README"]), "This file system folds case.");
        _space.Write("README", "two", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["README", "readme"], run.Offered.Keys);
    }

    [Fact]
    public async Task A_folder_is_listed_exactly_while_nothing_in_it_is()
    {
        Directory.CreateDirectory(_space["outer/empty"]);
        Directory.SetLastWriteTimeUtc(_space["outer/empty"], Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        Assert.Equal(EntryKind.EmptyFolder, Assert.Single(run.Offered, pair => pair.Key == "outer/empty").Value);

        _space.Write("outer/empty/file", "x", Old);
        await run.UntilOfferedAsync("outer/empty/file");

        File.Delete(_space["outer/empty/file"]);
        await run.UntilOfferedAsync("outer/empty");

        Directory.Delete(_space["outer/empty"]);
        await run.UntilOfferedAsync("outer");
    }
}
