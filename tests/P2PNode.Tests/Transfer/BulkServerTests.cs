using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;
using P2PNode.Transport;

namespace P2PNode.Tests.Transfer;

public sealed class BulkServerTests
{
    [Fact]
    public async Task A_file_that_opens_but_cannot_be_read_is_answered_as_unreadable_and_the_link_goes_on()
    {
        var stop = TestContext.Current.CancellationToken;
        var (near, far) = await ConnectAsync();
        await using var connection = Connection.Over(far, TimeProvider.System);
        var serving = new BulkServer(new UnreadableFiles()).ServeAsync(connection, stop);
        await using (var client = new BulkClient(Connection.Over(near, TimeProvider.System), TimeProvider.System))
        {
            foreach (var tag in (uint[])[1, 2])
            {
                await client.AskAsync(new NodeId(1), [Range(tag)]);
                using var parcel = await client.TakeAsync();
                Assert.Equal((tag, PieceStatus.Unreadable, 0), OnlyPieceOf(parcel));
            }
        }

        await serving.WaitAsync(TimeSpan.FromSeconds(5), stop);
    }

    private static FetchRange Range(uint tag)
    {
        var entry = new FileEntry
        {
            Path = FilePath.Parse("a"),
            Kind = EntryKind.File,
            Size = 4096,
            MtimeTicks = 1,
            Root = ContentHasher.Of([1]),
            Seq = 1,
        };
        return new FetchRange(tag, new FetchItem(entry), RangeKind.Stream, 0, 4096, IsSecond: false);
    }

    private static (uint Tag, PieceStatus Status, int Length) OnlyPieceOf(Frame parcel)
    {
        var pieces = new ParcelReader(parcel.Payload.Span);
        Assert.True(pieces.TryTake(out var tag, out var status, out _, out var bytes));
        var piece = (tag, status, bytes.Length);
        Assert.False(pieces.TryTake(out _, out _, out _, out _));
        return piece;
    }

    private static async Task<(Socket Near, Socket Far)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint);
        return (near, await listener.AcceptSocketAsync());
    }

    /// <summary>The first page of a process's memory is never mapped: to read it fails as a broken disk does.</summary>
    private sealed class UnreadableFiles : IContentSource
    {
        public OpenedFile Open(NodeId owner, FilePath path) =>
            new(File.OpenHandle("/proc/self/mem"), new FileStamp(4096, 1, 1, Executable: false));
    }
}
