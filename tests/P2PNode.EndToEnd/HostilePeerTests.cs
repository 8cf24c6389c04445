using System.Buffers;
using System.Net.Sockets;
using System.Text;
using P2PNode.EndToEnd.Kit;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.EndToEnd;

public sealed class HostilePeerTests : NetworkTest
{
    [Fact]
    public async Task Strangers_that_break_the_rules_are_hung_up_on_with_a_reason_and_disturb_nobody()
    {
        var network = Create(1, 2);
        network.Start(1, 2);
        var epoch = await network.LedByAsync(1);
        var garbage = new byte[4096];
        new Random(7).NextBytes(garbage);

        await Task.WhenAll(
            HungUpOnAsync(network, garbage, "it does not speak TLS"),
            HungUpOnAsync(network, [], "TLS was not agreed on within 5 s"),
            HungUpOnAsync(network, [22, 3, 1], "TLS was not agreed on within 5 s"),
            HungUpOnAsync(network, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: node\r\n\r\n"), "it does not speak TLS"),
            RefusedAsync(network, garbage, "exceeds the limit of 1024"),
            RefusedAsync(network, [0xFF, 0xFF, 0xFF, 0xFF, 1, 0], "a frame of 4294967295 bytes exceeds the limit of 1024"),
            RefusedAsync(network, [0, 0, 0, 100, 1, 0, 8, 1], "nothing came for 10 s"),
            RefusedAsync(network, [], "nothing came for 2 s"),
            RefusedAsync(network, Frame(Greeting(network, hello => hello.Network = "elsewhere")), $"node 1 belongs to network '{network.Id}', the other side to 'elsewhere'"),
            RefusedAsync(network, Frame(Greeting(network, hello => hello.MinVersion = hello.MaxVersion = 99)), "node 1 speaks version 1 of the protocol, the other side 99 to 99"),
            RefusedAsync(network, Frame(Greeting(network, hello => hello.Host = " ")), "the greeting has no valid"),
            RefusedAsync(network, Frame(Greeting(network, hello => hello.Host = "\u0001")), "the greeting has no valid"),
            RefusedAsync(network, Frame(Greeting(network, hello => hello.NodeId = 2)), "the certificate is that of node 3, but the greeting says node 2"),
            GoesOnAsync(network));

        Assert.Equal(epoch, await network.LedByAsync(1));
        Assert.Single(network[2].Lines, line => line.Text.Contains("Leader is ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a/../../x")]
    [InlineData("peers/x")]
    [InlineData(".p2pnode/x")]
    [InlineData("peer_files.log")]
    public async Task A_member_that_lists_a_name_which_may_not_be_loses_its_link_and_writes_nothing(string name)
    {
        var network = Create(1, 2);
        network.Start(1, 2);
        var epoch = await network.LedByAsync(1);
        await using var member = await FakePeer.DialAsync(network[1], 3);
        var request = await member.ReceiveAsync(FrameType.ListingRequest, ListingRequest.Parser);

        var batch = new ListingBatch { Owner = request.Owner, ListId = 7, LastSeq = 1 };
        batch.Entries.Add(new Entry { Path = name, Seq = 1, Kind = EntryKind.EmptyFolder });
        await member.SendAsync(FrameType.ListingBatch, batch);

        var goodbye = await member.ReceiveAsync(FrameType.Goodbye, Goodbye.Parser);
        Assert.Equal(GoodbyeReason.Violation, goodbye.Reason);
        await Eventually.HoldsAsync(
            () => network[1].Lines.Any(line => line.Text.Contains($" WRN] Closed the link with node 3: it lists the name '{name}', but ", StringComparison.Ordinal)),
            "the log names the reason");
        await GoesOnAsync(network);
        Assert.Equal(epoch, await network.LedByAsync(1));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(network.Folder, "*", SearchOption.AllDirectories), entry => Path.GetFileName(entry) == "x");
        Assert.False(Directory.Exists(network[1].CopiesOf(3)), "A folder was made for the files of node 3.");
    }

    [Fact]
    public async Task A_member_that_lists_ten_million_files_loses_its_link_at_two()
    {
        const int OfOneBatch = 1_000;
        var network = Create(1, 2);
        network.Start(1, 2);
        var epoch = await network.LedByAsync(1);
        await using var member = await FakePeer.DialAsync(network[1], 3);
        var request = await member.ReceiveAsync(FrameType.ListingRequest, ListingRequest.Parser);

        var sent = 0;
        var goodbye = member.ReceiveAsync(FrameType.Goodbye, Goodbye.Parser);
        for (; sent < 10_000_000 && !goodbye.IsCompleted; sent += OfOneBatch)
        {
            var batch = new ListingBatch { Owner = request.Owner, ListId = 7, PrevSeq = sent, LastSeq = sent + OfOneBatch, More = true };
            for (var seq = sent + 1; seq <= sent + OfOneBatch; seq++)
                batch.Entries.Add(new Entry { Path = $"{seq}", Seq = seq, Kind = EntryKind.EmptyFolder });
            try
            {
                await member.SendAsync(FrameType.ListingBatch, batch);
            }
            catch (PeerException)
            {
                break; // It hung up.
            }
        }

        Assert.Contains("the list would exceed 2000000 entries", (await goodbye).Text, StringComparison.Ordinal);
        Assert.InRange(sent, 2_000_000, 5_000_000);
        await GoesOnAsync(network);
        Assert.Equal(epoch, await network.LedByAsync(1));
        Assert.False(Directory.Exists(network[1].CopiesOf(3)), "A folder was made for the files of node 3.");
    }

    [Fact]
    public async Task A_member_is_answered_what_it_asks_of_the_catalogue_and_loses_its_link_for_what_cannot_be_asked()
    {
        var network = Create(1, 2);
        network[2].Put("docs/a.txt", "a");
        network.Start(1, 2);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2]);
        await using var member = await FakePeer.DialAsync(network[1], 3);

        await member.SendAsync(FrameType.FilesQuery, new FilesQuery { Query = 7, Pattern = "NODE2/docs/", Match = PathMatch.Folder });
        var answer = await member.ReceiveAsync(FrameType.FilesAnswer, FilesAnswer.Parser);
        Assert.Equal((7, 1, false), (answer.Query, answer.Found, answer.More));
        Assert.Equal("docs/a.txt", Assert.Single(answer.Rows).Path);

        await member.SendAsync(FrameType.FilesQuery, new FilesQuery { Query = 8, Limit = int.MaxValue });
        Assert.Equal(GoodbyeReason.Violation, (await member.ReceiveAsync(FrameType.Goodbye, Goodbye.Parser)).Reason);
        await GoesOnAsync(network);
    }

    /// <summary>Sends a few bytes and nothing more; the node has to close the connection and to log why.</summary>
    private static async Task HungUpOnAsync(Network network, byte[] opening, string reason)
    {
        using var socket = await FakePeer.ConnectAsync(network[1]);
        var remote = socket.LocalEndPoint!.ToString()!;
        await socket.SendAsync(opening);
        await DrainAsync(socket);
        await IsToldAsync(network, remote, reason);
    }

    /// <summary>The same of a member, as node 3, that has proven who it is.</summary>
    private static async Task RefusedAsync(Network network, byte[] opening, string reason)
    {
        var socket = await FakePeer.ConnectAsync(network[1]);
        var remote = socket.LocalEndPoint!.ToString()!;
        await using var member = await FakePeer.SecureAsync(network, socket, 3);
        if (opening.Length > 0)
            await member.WriteAsync(opening);
        await DrainAsync(member);
        await IsToldAsync(network, remote, reason);
    }

    private static async Task IsToldAsync(Network network, string remote, string reason)
    {
        await Eventually.HoldsAsync(
            () => network[1].Lines.Any(line => line.Text.Contains($" WRN] Closed the connection from {remote}: ", StringComparison.Ordinal)
                && line.Text.Contains(reason, StringComparison.Ordinal)),
            $"the log says of {remote} that {reason}");
    }

    /// <summary>Returns when the other side has hung up.</summary>
    private static async Task DrainAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline, TimeProvider.System);
        try
        {
            while (await socket.ReceiveAsync(new byte[1024], deadline.Token) > 0)
                continue;
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static async Task DrainAsync(Connection connection)
    {
        try
        {
            while (await connection.ReadAsync(WireLimits.ControlBytes, Eventually.Deadline) is { } frame)
                frame.Dispose();
        }
        catch (PeerException e)
        {
            Assert.Equal(PeerFault.Lost, e.Fault); // It was reset.
        }
    }

    private static async Task GoesOnAsync(Network network)
    {
        network[2].Put("meanwhile.txt", "collected all the same");
        await network.CollectedAsync(1, [2]);
    }

    private static Hello Greeting(Network network, Action<Hello> change)
    {
        var hello = new Hello { MinVersion = Handshake.Version, MaxVersion = Handshake.Version, NodeId = 3, Instance = 3, Host = "127.0.0.1", Port = 3, Network = network.Id };
        change(hello);
        return hello;
    }

    private static byte[] Frame(Hello hello)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameWriter.Write(frame, FrameType.Hello, hello, WireLimits.HelloBytes);
        return frame.WrittenSpan.ToArray();
    }
}
