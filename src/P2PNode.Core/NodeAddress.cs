using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace P2PNode.Core;

/// <summary>Where a node or a seed listens, as people write it: <c>host:port</c>, an IPv6 host in brackets.</summary>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">0 to 65535; 0 has the system choose a free one.</param>
public sealed record NodeAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>; the port must be 1 to 65535.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NodeAddress? address)
    {
        address = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon < 0 || !TryParsePort(text.AsSpan(colon + 1), out var port))
            return false;

        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (bracketed)
            host = host[1..^1];
        if (!IsHost(host) || bracketed != host.Contains(':'))
            return false;

        address = new NodeAddress(host, port);
        return true;
    }

    /// <summary>Whether this may be a host: an IP address, or a name of letters, digits, '-', '_' and '.'.</summary>
    public static bool IsHost([NotNullWhen(true)] string? text)
    {
        if (string.IsNullOrEmpty(text))
            return false;
        if (text.Contains(':'))
            return text.Length <= 64 && text.Count(c => c == ':') >= 2 && text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.' or '%');
        return text.Length <= 253 && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') && text[0] != '.';
    }

    public override string ToString()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return Host.Contains(':') ? $"[{Host}]:{port}" : $"{Host}:{port}";
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
