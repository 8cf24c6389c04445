using System.Globalization;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Cli.Configuration;

/// <summary>Reads what a person types to say which files are meant.</summary>
internal static class SearchTerms
{
    public const string SizeForm = "a size such as 500, 10K, 2.5M or 1G";

    public const string TimeForm = "a day or time such as 2026-01-31, 2026-01-31T12:00 or 2026-01-31T11:00Z, or a time span such as 30m, 12h, 7d or 2w";

    /// <summary>Zero would restrict nothing.</summary>
    private const long Earliest = 1;

    /// <summary>The orders in which files can be shown.</summary>
    public static IReadOnlyList<string> Orders { get; } = ["name", "path", "size", "mtime", "peer"];

    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];

    /// <summary>Null where nothing was typed.</summary>
    /// <exception cref="ConfigurationException">It is no pattern; the message says why.</exception>
    public static PathPattern? Pattern(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return PathPattern.TryParse(text, out var pattern, out var reason)
            ? pattern
            : throw new ConfigurationException($"The pattern cannot be used: {reason}.");
    }

    /// <summary>Reads an ID as a number or as the name of the node's folder.</summary>
    public static bool TryPeer(string text, out NodeId id) =>
        NodeId.TryParse(text.StartsWith("NODE", StringComparison.OrdinalIgnoreCase) ? text[4..] : text, out id);

    /// <summary>Reads bytes, perhaps in a unit: K, M, G, T and KiB … are of 1,024, KB … of 1,000.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || UnitOf(text[digits..].Trim()) is not { } unit
            || number > long.MaxValue / unit)
            return false;
        bytes = (long)(number * unit);
        return true;
    }

    /// <summary>
    /// Reads a day or time of the clock on the wall, one of UTC with a 'Z' at its end as <c>--json</c> shows it, or how
    /// long ago something was; as ticks in UTC.
    /// </summary>
    public static bool TrySince(string text, TimeProvider clock, out long ticks)
    {
        var isUtc = text.EndsWith('Z') && text.Contains(':');
        if (DateTime.TryParseExact(isUtc ? text[..^1] : text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            var offset = isUtc ? TimeSpan.Zero : clock.LocalTimeZone.GetUtcOffset(time);
            ticks = Math.Clamp(time.Ticks - offset.Ticks, Earliest, DateTime.MaxValue.Ticks);
            return true;
        }

        ticks = 0;
        if (text.Length < 2
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || MinutesOf(text[^1]) is not { } minutes)
            return false;
        var now = clock.GetUtcNow().Ticks;
        if (count * minutes > now / TimeSpan.TicksPerMinute)
            return false; // Before there were years.
        ticks = Math.Max(Earliest, now - count * minutes * TimeSpan.TicksPerMinute);
        return true;
    }

    public static bool TryOrder(string text, out FileOrder order)
    {
        (var known, order) = text switch
        {
            "name" => (true, FileOrder.Name),
            "path" => (true, FileOrder.Path),
            "size" => (true, FileOrder.Size),
            "mtime" => (true, FileOrder.Mtime),
            "peer" => (true, FileOrder.Owner),
            _ => (false, default),
        };
        return known;
    }

    public static bool TryLimit(string text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= FileQuery.MostRows;

    private static decimal? UnitOf(string unit)
    {
        var power = unit.Length == 0 || unit is "B" or "b" ? 0 : "KMGTPE".IndexOf(char.ToUpperInvariant(unit[0])) + 1;
        var thousand = unit.Length == 2 && char.ToUpperInvariant(unit[1]) == 'B' ? 1000m : 1024m;
        var known = unit.Length <= 1 || thousand == 1000m || unit[1..].Equals("iB", StringComparison.OrdinalIgnoreCase);
        if (!known || (power == 0 && unit.Length > 0 && unit is not ("B" or "b")))
            return null;
        var bytes = 1m;
        for (; power > 0; power--)
            bytes *= thousand;
        return bytes;
    }

    private static long? MinutesOf(char unit) => unit switch
    {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        'w' => 7 * 24 * 60,
        _ => null,
    };
}
