using P2PNode.Core.Catalogue;
using P2PNode.Node;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Node;

public sealed class OutputTargetsTests
{
    private static readonly string Root = Path.GetFullPath(Path.DirectorySeparatorChar.ToString());

    private static readonly string Folder = Path.Combine(Root, "out");

    [Fact]
    public void A_file_is_written_below_the_folder_or_to_the_place_that_was_named()
    {
        Assert.Equal(Path.Combine(Folder, "a", "x"), OutputTargets.Of(Into(Folder), Wanted("a/x")));
        Assert.Equal(Path.Combine(Folder, "x"), OutputTargets.Of(Into(Folder + Path.DirectorySeparatorChar), Wanted("x")));
        Assert.Equal(Path.Combine(Root, "x"), OutputTargets.Of(Into(Root), Wanted("x")));
        Assert.Equal(Folder, OutputTargets.Of(new GetRequest { Output = Folder }, Wanted("x")));
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

    private static GetRequest Into(string folder) => new() { Output = folder, OutputIsFolder = true };

    private static WantedFile Wanted(string below) => new(new FileRow(Two, File("a", 1), [Two]), below);
}
