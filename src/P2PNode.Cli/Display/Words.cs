using System.Globalization;
using P2PNode.Core;

namespace P2PNode.Cli.Display;

/// <summary>Puts numbers and times into words for people.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes in the unit that fits: 999 B, 1.0 KiB, 12.3 MiB.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1023.95 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>A long path without its middle.</summary>
    public static string Shortened(string path, int length = 40) =>
        path.Length <= length ? path : string.Concat(path.AsSpan(0, length / 2 - 1), "…", path.AsSpan(path.Length - length / 2));

    /// <summary>How much of a whole is done: [########------------]  40 %.</summary>
    public static string Bar(long done, long whole)
    {
        const int length = 20;
        var part = whole <= 0 ? 1 : Math.Clamp((double)done / whole, 0, 1);
        var full = (int)(part * length);
        var percent = ((int)(part * 100)).ToString(CultureInfo.InvariantCulture).PadLeft(3);
        return $"[{new string('#', full)}{new string('-', length - full)}] {percent} %";
    }

    /// <summary>Hours, minutes and seconds: 1:02:03, 0:07.</summary>
    public static string Span(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    public static string Files(int count) =>
        count == 1 ? "1 file" : count.ToString("N0", CultureInfo.InvariantCulture) + " files";

    public static string Ids(IEnumerable<NodeId> ids) => string.Join(", ", ids) is { Length: > 0 } list ? list : "none";

    /// <summary>A UTC time as the clock on the wall shows it.</summary>
    public static string Time(DateTime utc, TimeProvider clock) => TimeZoneInfo
        .ConvertTimeFromUtc(utc, clock.LocalTimeZone)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
