using System.Globalization;
using System.Text;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Files;

/// <summary>
/// Members in one small file that is replaced whole and durably: a line each of ID, incarnation, port, host and name, the
/// last two as in URIs.
/// </summary>
internal sealed class MemberFile(string path)
{
    private const int LongestName = 64;

    /// <summary>What complaints call it.</summary>
    public string Path => path;

    /// <summary>What there is; none where the file was never written. All are taken for dead until somebody says otherwise.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<Member> Read()
    {
        var lines = (CheckedText.Read(path) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length <= NodeId.MostInNetwork
            ? [.. lines.Select(line => Parse(line) ?? throw new InvalidDataException($"{path} is damaged: it should hold members."))]
            : throw new InvalidDataException($"{path} is damaged: it holds more than {NodeId.MostInNetwork} members.");
    }

    /// <summary>Returns once they are on disk; of very many the first are kept.</summary>
    public void Write(IEnumerable<Member> members)
    {
        var lines = new StringBuilder();
        foreach (var member in members.Take(NodeId.MostInNetwork))
        {
            lines.Append(CultureInfo.InvariantCulture, $"{member.Id} {member.Incarnation} {member.Port} ");
            lines.Append(Uri.EscapeDataString(member.Host)).Append(' ').Append(Uri.EscapeDataString(member.Name ?? "")).Append('\n');
        }

        CheckedText.Write(path, lines.ToString());
    }

    private static Member? Parse(string line)
    {
        if (line.Split(' ') is not [var id, var incarnation, var port, var host, var name]
            || !NodeId.TryParse(id, out var node)
            || !long.TryParse(incarnation, NumberStyles.None, CultureInfo.InvariantCulture, out var life)
            || !NodeAddress.TryParse($"host:{port}", out var address)
            || !NodeAddress.IsHost(Uri.UnescapeDataString(host)))
            return null;
        var called = Uri.UnescapeDataString(name);
        return new Member
        {
            Id = node,
            Incarnation = life,
            Host = Uri.UnescapeDataString(host),
            Port = address.Port,
            Name = called.Length is > 0 and <= LongestName && !called.Any(char.IsControl) ? called : null,
        };
    }
}
