using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace P2PNode.Core;

/// <summary>Where a node listens: a host name or IP address, and a TCP port from 1 to 65535. IPv6 stands in brackets.</summary>
public sealed record NodeAddress(string Host, int Port)
{
    /// <summary>Reads "host:port" or "[v6]:port".</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NodeAddress? address)
    {
        address = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text![..colon];
        if (host is ['[', .. var v6, ']'])
            host = v6;
        else if (host.Contains(':'))
            return false;
        address = new NodeAddress(host, port);
        return true;
    }

    public override string ToString() =>
        Host.Contains(':')
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
