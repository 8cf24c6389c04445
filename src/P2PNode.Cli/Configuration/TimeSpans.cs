using System.Globalization;

namespace P2PNode.Cli.Configuration;

/// <summary>Reads how long something may take, as a person types it.</summary>
internal static class TimeSpans
{
    public const string Form = "a time span such as 90s, 10m, 2h or 1d";

    /// <summary>Longer than anybody waits for a command.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(10);

    /// <summary>A whole number, above zero, and its unit.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        TimeSpan? unit = char.ToLowerInvariant(text[^1]) switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        if (unit is not { } one || count == 0 || count > Longest / one)
            return false;
        span = one * count;
        return true;
    }
}
