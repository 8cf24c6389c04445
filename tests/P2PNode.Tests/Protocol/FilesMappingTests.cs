using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Tests.Catalogue;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Protocol;

public sealed class FilesMappingTests
{
    [Fact]
    public void A_question_comes_out_as_it_went_in()
    {
        Assert.True(PathPattern.TryParse("NODE2/docs/", PathMatch.Folder, out var folder, out _));
        var query = new FileQuery
        {
            Pattern = folder,
            Owner = Sample.Three,
            MinSize = 1,
            MaxSize = 0,
            SinceTicks = 5,
            Root = default(ContentRoot),
            Order = FileOrder.Size,
            Reverse = true,
            Limit = 9,
        };

        var read = FilesMapping.FromWire(FilesMapping.ToWire(1, query));

        Assert.Equal(query, read with { Pattern = folder });
        Assert.Equal((folder.Text, folder.Match), (read.Pattern!.Text, read.Pattern.Match));
        Assert.Equal(FileQuery.All, FilesMapping.FromWire(FilesMapping.ToWire(1, FileQuery.All)));
        Assert.Equal(FileQuery.All, FilesMapping.FromWire(new Wire.FilesQuery()));
    }

    [Fact]
    public void A_row_comes_out_as_it_went_in_but_for_its_number()
    {
        var row = new FileRow(Sample.Two, Sample.File("docs/é.txt", 0, 7) with { Executable = true }, [Sample.One, Sample.Two]);

        var read = FilesMapping.FromWire(FilesMapping.ToWire(row));

        Assert.Equal(row with { Holders = read.Holders }, read);
        Assert.Equal(row.Holders, read.Holders);
    }

    public static TheoryData<IMessage> Questions =>
    [
        new Wire.FilesQuery { Order = (Wire.FileOrder)9 },
        new Wire.FilesQuery { Match = (Wire.PathMatch)9, Pattern = "a" },
        new Wire.FilesQuery { MinSize = -1 },
        new Wire.FilesQuery { MaxSize = -1 },
        new Wire.FilesQuery { SinceTicks = -1 },
        new Wire.FilesQuery { Limit = -1 },
        new Wire.FilesQuery { Limit = FileQuery.MostRows + 1 },
        new Wire.FilesQuery { Owner = -2 },
        new Wire.FilesQuery { Root = ByteString.CopyFrom(1, 2) },
        new Wire.FilesQuery { Pattern = new string('x', PathPattern.MaxLength + 1) },
        new Wire.FilesQuery { Pattern = "no folder", Match = Wire.PathMatch.Folder },
    ];

    [Theory]
    [MemberData(nameof(Questions), DisableDiscoveryEnumeration = true)]
    public void A_question_that_no_correct_peer_asks_breaks_the_protocol(IMessage question) =>
        Assert.Equal(PeerFault.Violation, Assert.Throws<PeerException>(() => FilesMapping.FromWire((Wire.FilesQuery)question)).Fault);

    public static TheoryData<IMessage> Rows =>
    [
        new Wire.Row { Owner = 2, Path = "../x" },
        new Wire.Row { Owner = 2, Path = "peers/NODE1/x" },
        new Wire.Row { Owner = 0, Path = "a" },
        new Wire.Row { Owner = 2, Path = "a", Size = -1 },
        new Wire.Row { Owner = 2, Path = "a", MtimeTicks = long.MaxValue },
        new Wire.Row { Owner = 2, Path = "a", Root = ByteString.CopyFrom(1) },
        new Wire.Row { Owner = 2, Path = "a", Holders = { 0 } },
        new Wire.Row { Owner = 2, Path = "a", Holders = { Enumerable.Range(1, FilesMapping.MostHolders + 1) } },
    ];

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void A_row_that_no_file_can_have_breaks_the_protocol(IMessage row) =>
        Assert.Equal(PeerFault.Violation, Assert.Throws<PeerException>(() => FilesMapping.FromWire((Wire.Row)row)).Fault);
}
