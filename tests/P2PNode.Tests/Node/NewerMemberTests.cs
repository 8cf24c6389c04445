using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

/// <summary>Node 3 says what only a later version knows. Node 1, which leads, is real.</summary>
public sealed class NewerMemberTests : IAsyncDisposable
{
    private static readonly NodeId One = new(1);

    private readonly TestNetwork _network = new(1);
    private LoopbackNode _newer = null!;

    public async ValueTask DisposeAsync()
    {
        await _newer.DisposeAsync();
        await _network.DisposeAsync();
    }

    [Fact]
    public async Task Fields_from_the_future_change_nothing_of_what_a_message_says()
    {
        _network.Put(1, "a.txt", "a");
        _network.Start(1);
        await _network.HoldsAsync(() => _network[1].Status().Catalogue.Files == 1, "node 1 lists its file");
        using var authority = _network.LoadAuthority();
        _newer = new LoopbackNode(3, network: authority.Network, identity: TestNetworkKeys.Issue(3, by: authority));
        var found = -1;
        _newer.OnFrame = (_, frame) =>
        {
            if (frame.Type is FrameType.FilesAnswer)
                found = frame.Parse(Wire.FilesAnswer.Parser).Found;
            return ValueTask.CompletedTask;
        };
        _newer.Addresses[One] = _network.Address(1);
        _newer.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId> { One });
        await _network.HoldsAsync(() => _newer.Table.Find(One) is not null && _network[1].Status().Links.Length == 1, "the two are linked");
        var link = _newer.Table.Find(One)!;

        await SendAsync(link, FrameType.Election, new Wire.ElectionFrame { Following = new() { Leader = 1 } });
        await SendAsync(link, FrameType.ListingRequest, new Wire.ListingRequest { Owner = 1, Position = new() });
        await SendAsync(link, FrameType.Holdings, new Wire.Holdings { Anew = true });
        await SendAsync(link, FrameType.FilesQuery, new Wire.FilesQuery { Query = 7 });

        await _network.HoldsAsync(
            () => Volatile.Read(ref found) == 1 && _newer.Frames.Any(frame => frame.Type is FrameType.ListingBatch), "both questions are answered");
        Assert.False(link.Ended.IsCompleted);
    }

    /// <summary>Sends a message with two fields that this version does not know, at its end and in front.</summary>
    private static async Task SendAsync<T>(Link link, FrameType type, T message)
        where T : IMessage<T>, new()
    {
        byte[] before = [0xA0, 0x7E, 0x07];
        byte[] after = [0xAA, 0x7E, 0x03, 1, 2, 3];
        var newer = new T();
        newer.MergeFrom([.. before, .. message.ToByteArray(), .. after]);
        Assert.Equal(message.CalculateSize() + before.Length + after.Length, newer.CalculateSize());
        await link.SendAsync(type, newer, TestContext.Current.CancellationToken);
    }
}
