using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Tests.Files;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Node;

public sealed class StateDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_are_read_as_they_were_written_or_said_to_be_damaged()
    {
        var path = _folder["epoch"];
        var file = new DurableNumbers(path);
        file.Write(1234567, 21, 638_000_000_000_000_000, 98_765);
        var before = File.ReadAllBytes(path);
        var damages = 0;

        foreach (var damaged in Damage.Cuts(before).Concat(Damage.AllFlips(before)))
        {
            File.WriteAllBytes(path, damaged);
            var thrown = Record.Exception(() => Assert.Equal([1234567, 21, 638_000_000_000_000_000, 98_765], file.Read()!));
            Assert.True(thrown is null or InvalidDataException, $"{thrown}");
            damages += thrown is null ? 0 : 1;
        }

        Assert.InRange(damages, before.Length * 9 - 1, before.Length * 9); // Only the checksum as a whole may lack.
    }

    [Fact]
    public void Which_list_the_copies_follow_is_known_rightly_or_not_at_all_and_that_is_told()
    {
        var path = _folder["lists"];
        new KnownLists(path, Logger.None).Follow(new NodeId(2), 12345678901234567890);
        new KnownLists(path, Logger.None).Follow(new NodeId(30), 42);
        var before = File.ReadAllBytes(path);
        var lines = new List<string>();
        var log = new LoggerConfiguration().WriteTo.Sink(new Lines(lines)).CreateLogger();

        foreach (var damaged in Damage.Cuts(before).Concat(Damage.AllFlips(before)))
        {
            File.WriteAllBytes(path, damaged);
            lines.Clear();
            var known = new KnownLists(path, log);

            var knows = known.Continues(new NodeId(2), 12345678901234567890) && known.Continues(new NodeId(30), 42);
            Assert.True(knows || lines.Any(line => line.Contains(path, StringComparison.Ordinal)), "It forgot without a word.");
            Assert.Equal(knows, known.Continues(new NodeId(2), 12345678901234567890));
            Assert.False(known.Continues(new NodeId(3), 42));
        }
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("incarnation")]
    [InlineData("node")]
    [InlineData("listing.log")]
    [InlineData("copies.log")]
    [InlineData("lists")]
    public async Task A_node_starts_whatever_happened_to_one_file_of_its_state(string name)
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(1, "mine.txt", "mine");
        network.Put(2, "theirs.txt", "theirs");
        await RunAsync(network);
        var path = Path.Combine(network.Folder(1), ".p2pnode", name);
        var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var incarnation = Incarnation(network);

        foreach (byte[] damaged in new[] { [], content[..(content.Length / 2)], [.. content.Select(b => (byte)(b ^ 0x55))] })
        {
            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);
            network.Log.Clear();
            await RunAsync(network);

            var told = Assert.Single(network.Log, line => line.Contains(path, StringComparison.Ordinal));
            Assert.Equal(name == "epoch", told.Contains("learns the present epoch from its peers", StringComparison.Ordinal));
            Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(network.Folder(1), "mine.txt"), TestContext.Current.CancellationToken));
            Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(network.Folder(2), "theirs.txt"), TestContext.Current.CancellationToken));
            Assert.Empty(Directory.GetFiles(Path.Combine(network.Folder(1), ".p2pnode", "trash"), "*", SearchOption.AllDirectories));
            Assert.True(Incarnation(network) > incarnation, "The number of starts went back.");
            incarnation = Incarnation(network);
        }
    }

    [Theory]
    [InlineData("2 3\n")]
    [InlineData("0\n")]
    [InlineData("2147483648\n")]
    public async Task What_names_no_single_node_as_the_owner_of_a_folder_is_told_of_as_damage(string text)
    {
        await using var network = new TestNetwork(1);
        var file = new DurableNumbers(Path.Combine(network.Folder(1), ".p2pnode", "node"));
        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        await File.WriteAllTextAsync(file.Path, text, TestContext.Current.CancellationToken);

        network.Start(1);
        await network.LedByAsync(1);
        await network.StopAsync(1);

        Assert.Single(network.Log, line => line.Contains($"{file.Path} is damaged", StringComparison.Ordinal));
        Assert.Equal([1L], file.Read()!);
    }

    /// <summary>Has the two nodes run until each has and offers what it should.</summary>
    private static async Task RunAsync(TestNetwork network)
    {
        network.Start(1);
        network.Start(2);
        await network.LedByAsync(1);
        await network.HoldsAsync(
            () => network.Copy(1, 2, "theirs.txt") == "theirs" && network[1].Status() is { Catalogue.Files: 2, Pending.Files: 0 },
            "node 1 has a copy of all");
        await network.StopAsync(2);
        await network.StopAsync(1);
    }

    private static long Incarnation(TestNetwork network) =>
        new DurableNumbers(Path.Combine(network.Folder(1), ".p2pnode", "incarnation")).Read()![0];

    private sealed class Lines(List<string> lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Add(logEvent.RenderMessage(null));
    }
}
