using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class MemberFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["members"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_whatever_names_and_hosts_are_like()
    {
        Member[] members =
        [
            new() { Id = new NodeId(1), Host = "::1", Port = 1, Incarnation = 0 },
            new() { Id = new NodeId(int.MaxValue), Host = "büro.example", Port = 65535, Incarnation = long.MaxValue, Name = "Büro 3 % / \"x\"" },
        ];

        new MemberFile(Path).Write(members);

        Assert.Equal(members, new MemberFile(Path).Read());
    }

    [Fact]
    public void Nothing_is_read_where_nothing_was_written() => Assert.Empty(new MemberFile(Path).Read());

    [Fact]
    public void No_flipped_bit_goes_unnoticed()
    {
        new MemberFile(Path).Write([new() { Id = new NodeId(12), Host = "a", Port = 5001, Incarnation = 3 }]);
        var bytes = File.ReadAllBytes(Path);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, changed);
            Assert.ThrowsAny<InvalidDataException>(() => new MemberFile(Path).Read());
        }
    }

    [Theory]
    [InlineData("1 1 1 a")]
    [InlineData("0 1 1 a b")]
    [InlineData("1 -1 1 a b")]
    [InlineData("1 1 0 a b")]
    [InlineData("1 1 1 a%20b c")]
    [InlineData("1 1 1  c")]
    public void What_cannot_be_a_member_is_damage(string line)
    {
        CheckedText.Write(Path, line + "\n");

        Assert.Throws<InvalidDataException>(() => new MemberFile(Path).Read());
    }

    [Fact]
    public void More_than_there_can_be_are_neither_written_nor_read()
    {
        var many = Enumerable.Range(1, NodeId.MostInNetwork + 1).Select(id => new Member { Id = new NodeId(id), Host = "a", Port = 1 });
        new MemberFile(Path).Write(many);
        Assert.Equal(NodeId.MostInNetwork, new MemberFile(Path).Read().Count);

        CheckedText.Write(Path, string.Concat(Enumerable.Range(1, NodeId.MostInNetwork + 1).Select(id => $"{id} 1 1 a \n")));
        Assert.Throws<InvalidDataException>(() => new MemberFile(Path).Read());
    }
}
