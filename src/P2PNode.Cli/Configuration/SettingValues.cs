using System.Globalization;
using P2PNode.Node;

namespace P2PNode.Cli.Configuration;

/// <summary>Reads the values that mean the same in nodes.json, on the command line and in the environment.</summary>
internal static class SettingValues
{
    /// <summary>Ten times the largest network that is simulated.</summary>
    public const int MostPeers = 100_000;

    /// <summary>A thousand bytes a second; below that no link would be known to be alive.</summary>
    public const decimal LeastMegabytes = 0.001m;

    /// <summary>More than any wire carries.</summary>
    public const decimal MostMegabytes = 10_000;

    private static readonly (string Unit, TimeSpan Time)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads how long a token may be used, such as 24h; a minute at least, 30 days at most.</summary>
    public static bool TryLifetime(string text, out TimeSpan lifetime) =>
        TryDuration(text, out lifetime)
        && char.IsAsciiLetter(text[^1])
        && lifetime >= TimeSpan.FromMinutes(1)
        && lifetime <= TimeSpan.FromDays(30);

    /// <summary>Reads a number and ms, s, m, h or d, such as 1.5s; a number alone counts seconds. 10,000 days at most.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unit = text[digits.Length..] is { Length: > 0 } named ? named : "s";
        var time = Array.Find(Units, known => known.Unit == unit).Time;
        var valid = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && digits[0] != '.'
            && digits[^1] != '.'
            && time > TimeSpan.Zero
            && number <= 10_000m * TimeSpan.TicksPerDay / time.Ticks;
        duration = valid ? TimeSpan.FromTicks((long)(number * time.Ticks)) : TimeSpan.Zero;
        return valid;
    }

    /// <summary>Reads a whole number from 1, or "all".</summary>
    public static bool TryCopies(string text, out int copies)
    {
        if (text == "all")
        {
            copies = NodeOptions.EveryNode;
            return true;
        }

        return TryNumber(text, NodeOptions.EveryNode - 1, out copies);
    }

    public static bool TryMaxPeers(string text, out int maxPeers) => TryNumber(text, MostPeers, out maxPeers);

    /// <summary>Reads MB a second (of 1,000,000 bytes) as bytes a second.</summary>
    public static bool TryRate(string text, out long bytesPerSecond)
    {
        var valid = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var megabytes)
            && megabytes is >= LeastMegabytes and <= MostMegabytes;
        bytesPerSecond = valid ? (long)(megabytes * 1_000_000) : 0;
        return valid;
    }

    /// <summary>Reads true and false in the ways that people write them into environments.</summary>
    public static bool TryFlag(string text, out bool flag)
    {
        flag = text.ToLowerInvariant() is "true" or "yes" or "on" or "1";
        return flag || text.ToLowerInvariant() is "false" or "no" or "off" or "0";
    }

    public static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number >= 1
        && number <= most;
}
