using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Transfer;

/// <summary>A node that serves the files of a folder over any number of bulk links, and counts its bytes.</summary>
internal sealed class HolderUnderTest : IAsyncDisposable
{
    private readonly TemporaryFolder _space = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly List<Connection> _links = [];
    private readonly NodeFolder _folder;
    private readonly BulkServer _server;
    private readonly RateLimit _limit;

    public HolderUnderTest(int id, long? bytesPerSecond = null)
    {
        Id = new NodeId(id);
        _folder = NodeFolder.Open(_space.Path, Logger.None);
        _limit = new RateLimit(bytesPerSecond);
        Files = new FolderFiles(_folder);
        _server = new BulkServer(Files, new PieceLayers(_folder, Logger.None), _limit, TimeProvider.System, Logger.None);
    }

    public NodeId Id { get; }

    public FolderFiles Files { get; }

    /// <summary>Whether it ends each link as soon as it stands.</summary>
    public bool HangsUp { get; set; }

    public string Root => _folder.Root;

    /// <summary>Puts a file into the folder, with a time that is the same at all holders.</summary>
    public FileEntry Write(string path, byte[] content)
    {
        File.WriteAllBytes(_space[path], content);
        File.SetLastWriteTimeUtc(_space[path], DateTime.UnixEpoch);
        return new FileEntry
        {
            Path = FilePath.Parse(path),
            Kind = EntryKind.File,
            Size = content.Length,
            MtimeTicks = DateTime.UnixEpoch.Ticks,
            Root = ContentHasher.Of(content),
            Seq = 1,
        };
    }

    public async Task<BulkClient> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint);
        var far = PlainLink.Over(await listener.AcceptSocketAsync(), TimeProvider.System);
        lock (_serving)
        {
            _links.Add(far);
            _serving.Add(ServeAsync(far));
        }

        return new BulkClient(PlainLink.Over(near, TimeProvider.System), TimeProvider.System);
    }

    /// <summary>Cuts all links, as if the node had died.</summary>
    public void Cut()
    {
        lock (_serving)
            _links.ForEach(link => link.Abort());
    }

    private async Task ServeAsync(Connection link)
    {
        await using var closing = link;
        if (HangsUp)
            return;
        await _server.ServeAsync(link, new NodeId(1), _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _limit.Dispose();
        _stop.Dispose();
        _folder.Dispose();
        _space.Dispose();
    }
}
