using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class LockFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Path => _folder["lock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_has_it_at_a_time()
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                using var held = await LockFile.TakeAsync(Path, Patience, TimeProvider.System, Stop);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                File.AppendAllText(_folder["written"], "x");
                Interlocked.Decrement(ref inside);
            },
            Stop)));

        Assert.Equal("xxxxxxxx", File.ReadAllText(_folder["written"]));
    }

    [Fact]
    public async Task Who_waits_respects_those_who_open_it_for_themselves_alone()
    {
        Task<FileStream> waiting;
        await using (new FileStream(Path, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = LockFile.TakeAsync(Path, Patience, TimeProvider.System, Stop);
            Assert.False(waiting.IsCompleted);
        }

        using var held = await waiting;
        Assert.Throws<IOException>(() => new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
    }

    [Fact]
    public async Task Nobody_waits_for_ever()
    {
        using var held = await LockFile.TakeAsync(Path, Patience, TimeProvider.System, Stop);

        var late = await Assert.ThrowsAsync<IOException>(() => LockFile.TakeAsync(Path, TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop));

        Assert.Contains("in use", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_folder_nothing_is_waited_for() =>
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => LockFile.TakeAsync(_folder["absent/lock"], Patience, TimeProvider.System, Stop));
}
