using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Tests.Files;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Node;

public sealed class OutputTargetsTests
{
    private static readonly string Root = Path.GetFullPath(Path.DirectorySeparatorChar.ToString());

    private static readonly string Folder = Path.Combine(Root, "out");

    [Fact]
    public void A_file_is_written_below_the_folder_or_to_the_place_that_was_named()
    {
        Assert.Equal(Path.Combine(Folder, "a", "x"), OutputTargets.Of(Into(Folder), Wanted("a/x"))?.Path);
        Assert.Equal(Path.Combine(Folder, "x"), OutputTargets.Of(Into(Folder + Path.DirectorySeparatorChar), Wanted("x"))?.Path);
        Assert.Equal(Path.Combine(Root, "x"), OutputTargets.Of(Into(Root), Wanted("x"))?.Path);
        Assert.Equal(Folder, OutputTargets.Of(new GetRequest { Output = Folder }, Wanted("x"))?.Path);
        Assert.Null(OutputTargets.Of(new GetRequest(), Wanted("x")));
    }

    [Theory]
    [InlineData("/etc/x")]
    [InlineData("../x")]
    [InlineData("../outer/x")]
    [InlineData("a/../../x")]
    [InlineData("")]
    public void Nothing_is_written_outside_of_the_folder(string below) =>
        Assert.Throws<IOException>(() => OutputTargets.Of(Into(Folder), Wanted(below)));

    [Fact]
    public void Two_files_are_never_written_to_one_place()
    {
        WantedFile[] wanted = [Wanted("a.txt", "docs/a.txt"), Wanted("b.txt", "docs/b.txt"), Wanted("a.txt", "img/a.txt")];

        var refused = Assert.Throws<GetException>(() => OutputTargets.Check(Into(Folder), wanted));
        Assert.Equal(GetFault.Usage, refused.Fault);
        Assert.Equal($"NODE2/docs/a.txt and NODE2/img/a.txt would both be written to {Path.Combine(Folder, "a.txt")}: fetch them one by one.", refused.Message);
        Assert.Equal(GetFault.Usage, Assert.Throws<GetException>(() => OutputTargets.Check(new GetRequest { Output = Folder }, wanted[..2])).Fault);
        OutputTargets.Check(Into(Folder), wanted[..2]);
        OutputTargets.Check(new GetRequest(), wanted);
        OutputTargets.Check(new GetRequest { Output = Folder }, wanted[..1]);
    }

    [Theory]
    [InlineData(".p2pnode/x", true)]
    [InlineData("peers/NODE2/x", true)]
    [InlineData("deeper/peers", false)]
    public void Nor_to_where_another_node_does(string output, bool isRefused)
    {
        using var other = new StoreUnderTest();
        var request = new GetRequest { Output = Path.Combine(other.Folder.Root, output) };

        var refused = Record.Exception(() => OutputTargets.Spare(Folder, request, []));

        Assert.Equal(isRefused, refused is GetException { Fault: GetFault.Usage });
    }

    [Theory]
    [InlineData(".p2pnode/x")]
    [InlineData("peers/NODE2/")]
    [InlineData("peers")]
    [InlineData("peer_files.log")]
    [InlineData("a/../peers/x")]
    public void Nothing_is_written_to_where_the_node_keeps_what_is_its_own(string output)
    {
        var request = new GetRequest { Output = Path.Combine(Folder, output) };

        Assert.Equal(GetFault.Usage, Assert.Throws<GetException>(() => OutputTargets.Spare(Folder, request, [])).Fault);
    }

    [Fact]
    public void The_path_of_a_file_does_not_lead_there_either()
    {
        OutputTargets.Spare(Folder, Into(Folder), [Wanted("x"), Wanted("a/peers/x")]);
        OutputTargets.Spare(Folder, Into(Root), [Wanted("peers/x")]);
        OutputTargets.Spare(Folder, new GetRequest(), [Wanted("peers/x")]);

        Assert.Contains(Path.Combine(Folder, "peers/x"), Assert.Throws<GetException>(() => OutputTargets.Spare(Folder, Into(Folder), [Wanted("peers/x")])).Message);
        Assert.Throws<GetException>(() => OutputTargets.Spare(Folder, Into(Root), [Wanted("out/.p2pnode/x")]));
    }

    [Fact]
    public void Nor_does_a_link()
    {
        using var temporary = new TemporaryFolder();
        var node = Directory.CreateDirectory(Path.Combine(temporary.Path, "node", "peers")).Parent!.FullName;
        var link = Path.Combine(temporary.Path, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(node, "peers"));

        Assert.Throws<GetException>(() => OutputTargets.Spare(node, new GetRequest { Output = Path.Combine(link, "x") }, []));
    }

    [Fact]
    public void A_link_does_not_hide_where_a_path_leads_that_goes_back_up()
    {
        using var node = new StoreUnderTest();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(node.Folder.Root, "link"), elsewhere.Path);
        var request = new GetRequest { Output = Path.Combine(node.Folder.Root, "link", "..", ".p2pnode", "x") };
        Assert.Equal(Path.Combine(node.Folder.State, "x"), OutputTargets.Of(request, Wanted("x"))?.Path);

        Assert.Throws<GetException>(() => OutputTargets.Spare(node.Folder.Root, request, []));
    }

    [Fact]
    public void Sizes_that_are_too_much_together_are_shown_as_the_most_there_can_be()
    {
        var huge = new WantedFile(new FileRow(Two, File("a", 1) with { Size = 1L << 62 }, [Two]), "a");

        Assert.Equal(long.MaxValue, Fetches.BytesOf([huge, huge]));
        Assert.Equal(1L << 62, Fetches.BytesOf([huge]));
    }

    private static GetRequest Into(string folder) => new() { Output = folder, OutputIsFolder = true };

    private static WantedFile Wanted(string below, string path = "a") => new(new FileRow(Two, File(path, 1), [Two]), below);
}
