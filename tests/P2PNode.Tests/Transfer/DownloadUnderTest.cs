using System.Collections.Concurrent;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Tests.Files;
using P2PNode.Transfer;
using Serilog.Core;

namespace P2PNode.Tests.Transfer;

/// <summary>A download of node 2's files from holders on loopback, into a store of its own.</summary>
internal sealed class DownloadUnderTest : IDownloading, IAsyncDisposable
{
    public static readonly NodeId Owner = new(2);

    private readonly StoreUnderTest _store;
    private readonly HolderUnderTest[] _holders;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public DownloadUnderTest(StoreUnderTest store, params HolderUnderTest[] holders)
    {
        (_store, _holders) = (store, holders);
        Download = new Download(Owner, store.Store, new PieceLayers(store.Folder, Logger.None), this, TimeProvider.System);
        _running = Download.RunAsync(_stop.Token);
    }

    public Download Download { get; }

    public ConcurrentQueue<FileEntry> Stored { get; } = new();

    public ConcurrentQueue<(FileEntry File, string Reason)> Failed { get; } = new();

    public ConcurrentQueue<(NodeId Holder, PeerException Reason)> Lost { get; } = new();

    /// <summary>How many pieces did not need to be fetched.</summary>
    public int Recalled { get; private set; }

    public byte[] Content(FileEntry entry) => File.ReadAllBytes(_store.Folder.CopyPath(Owner, entry.Path));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Download.Dispose();
        _stop.Dispose();
    }

    IReadOnlyList<NodeId> IDownloading.HoldersOf(FileEntry entry) => [.. _holders.Select(holder => holder.Id)];

    async Task<BulkClient?> IDownloading.ConnectAsync(NodeId holder, CancellationToken stop) =>
        await _holders.Single(known => known.Id == holder).ConnectAsync();

    void IDownloading.Stored(IReadOnlyList<FileEntry> files)
    {
        foreach (var file in files)
            Stored.Enqueue(file);
    }

    void IDownloading.StoredInVain(FilePath path) => _store.Store.Remove(Owner, [path]);

    void IDownloading.Failed(IReadOnlyCollection<(FileEntry File, string Reason)> failures)
    {
        foreach (var failure in failures)
            Failed.Enqueue(failure);
    }

    void IDownloading.Recalled(FileEntry file, int pieces, int of) => Recalled += pieces;

    void IDownloading.LinkLost(NodeId holder, PeerException reason) => Lost.Enqueue((holder, reason));
}
