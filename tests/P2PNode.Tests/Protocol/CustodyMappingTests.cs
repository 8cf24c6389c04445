using System.Collections.Immutable;
using Google.Protobuf;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Tests.Catalogue;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Protocol;

public sealed class CustodyMappingTests
{
    [Fact]
    public void An_answer_comes_out_as_it_went_in()
    {
        var digest = default(ListingDigest).Plus(Sample.File("a.txt", 1, 1));

        Check(new CustodyWord(7, 0, 0, digest, []));
        Check(new CustodyWord(0, 0, 0, default(ListingDigest), []));
        Check(new CustodyWord(7, 3, 1L << 40, null, [("there is no room on the disk", 2), ("node 2 does not answer", 1)]));
    }

    [Fact]
    public void More_reasons_and_longer_ones_than_may_travel_are_left_out()
    {
        var reasons = Enumerable.Range(0, 9).Select(i => (new string('x', 1000) + i, i)).ToImmutableArray();

        var read = CustodyMapping.FromWire(CustodyMapping.ToWire(1, new CustodyWord(7, 9, 9, null, reasons)));

        Assert.Equal(CustodyMapping.MostReasons, read.Reasons.Length);
        Assert.All(read.Reasons, reason => Assert.Equal(CustodyMapping.LongestReason, reason.Reason.Length));
    }

    public static TheoryData<IMessage> Impossible =>
    [
        new Wire.CustodyAnswer { Epoch = -1 },
        new Wire.CustodyAnswer { MissingFiles = -1 },
        new Wire.CustodyAnswer { MissingBytes = -1 },
        new Wire.CustodyAnswer { Digest = ByteString.CopyFrom(new byte[31]) },
        new Wire.CustodyAnswer { Reasons = { new Wire.CustodyReason { Files = -1 } } },
        new Wire.CustodyAnswer { Reasons = { new Wire.CustodyReason { Reason = new string('x', 257) } } },
        new Wire.CustodyAnswer { Reasons = { Enumerable.Repeat(new Wire.CustodyReason(), 5) } },
    ];

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void What_no_custodian_answers_is_refused(IMessage answer) => Assert.Throws<PeerException>(() => CustodyMapping.FromWire((Wire.CustodyAnswer)answer));

    [Fact]
    public void What_nobody_asks_is_refused()
    {
        Assert.Equal((1, 7), CustodyMapping.FromWire(new Wire.CustodyRequest { Number = 1, Epoch = 7 }));
        Assert.Throws<PeerException>(() => CustodyMapping.FromWire(new Wire.CustodyRequest { Number = -1 }));
        Assert.Throws<PeerException>(() => CustodyMapping.FromWire(new Wire.CustodyRequest { Epoch = -1 }));
    }

    private static void Check(CustodyWord word)
    {
        var read = CustodyMapping.FromWire(CustodyMapping.ToWire(1, word));
        Assert.Equal(word.Reasons, read.Reasons);
        Assert.Equal(word, read with { Reasons = word.Reasons });
    }
}
