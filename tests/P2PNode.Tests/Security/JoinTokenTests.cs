using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Security;

public sealed class JoinTokenTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void A_token_reads_back_however_a_person_types_it() => Prop
        .ForAll(
            Gen.Choose(1, int.MaxValue).ToArbitrary(),
            id =>
            {
                var token = JoinToken.Create(new NodeName(TestNetworkKeys.Network, new NodeId(id)), Then);
                var text = token.ToString();
                var typed = new[] { text, text.ToLowerInvariant(), text.Replace("-", ""), text.Replace('0', 'o').Replace('1', 'L'), $" {text}\n" };
                return typed.All(one => JoinToken.TryParse(one, out var read) && read.ToString() == text
                    && (read.Network, read.Id, read.Expires) == (TestNetworkKeys.Network, new NodeId(id), Then));
            })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_wrong_missing_or_swapped_letter_is_noticed()
    {
        var text = JoinToken.Create(new NodeName(TestNetworkKeys.Network, new NodeId(7)), Then).ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '-')
                continue;
            var other = text[i] == 'X' ? 'Y' : 'X';
            Assert.False(JoinToken.TryParse(text[..i] + other + text[(i + 1)..], out _));
            Assert.False(JoinToken.TryParse(text.Remove(i, 1), out _));
            if (i + 1 < text.Length && text[i + 1] != '-' && text[i] != text[i + 1])
                Assert.False(JoinToken.TryParse($"{text[..i]}{text[i + 1]}{text[i]}{text[(i + 2)..]}", out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("--------")]
    [InlineData("not a token")]
    [InlineData("ÄÄÄÄÄÄÄÄ")]
    public void What_is_no_token_is_not_read(string text) => Assert.False(JoinToken.TryParse(text, out _));

    [Fact]
    public void No_two_tokens_are_the_same()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => JoinToken.Create(new NodeName(TestNetworkKeys.Network, new NodeId(1)), Then).ToString());

        Assert.Equal(100, tokens.Distinct().Count());
    }
}
