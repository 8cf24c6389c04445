using System.Text;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Fuzz.Targets;

/// <summary>Tokens as people type them.</summary>
internal sealed class TokenTarget : FuzzTarget
{
    private static readonly JoinToken Token = JoinToken.Create(new string('a', NodeName.NetworkIdChars), new NodeId(7), DateTimeOffset.UnixEpoch.AddYears(60));

    public override string Name => "token";

    public override long MostBytes => 1 << 20;

    public override byte[] Sample(Random random) => Encoding.ASCII.GetBytes(random.Next(4) == 0 ? $" {Token.ToString().ToLowerInvariant()}\n" : Token.ToString());

    public override void Take(byte[] input)
    {
        if (!JoinToken.TryParse(Encoding.UTF8.GetString(input), out var token))
            throw new FormatException("It is no token.");
        if (token.ToString() != Token.ToString())
            throw new InvalidOperationException("Another token was read.");
    }

    public override bool Expects(Exception e) => e is FormatException;
}

/// <summary>Lists of those who were revoked, signed and altered.</summary>
internal sealed class DenyListTarget : FuzzTarget
{
    private readonly SampleNetwork _network = new();

    public override string Name => "deny-list";

    public override long MostBytes => 2 << 20;

    public override byte[] Sample(Random random) => Encoding.ASCII.GetBytes(_network.DenyListText(random));

    public override void Take(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!DenyList.TryParse(text, _network.Authority.Certificate, out _))
            throw new FormatException("It is no list of the CA.");
        if (!_network.IsSigned(text))
            throw new InvalidOperationException("A list was read that was not signed.");
    }

    public override bool Expects(Exception e) => e is FormatException;

    protected override void Dispose(bool disposing)
    {
        _network.Dispose();
        base.Dispose(disposing);
    }
}
