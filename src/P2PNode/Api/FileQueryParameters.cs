using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Api;

/// <summary>A question for files as the parameters of a request: what is not said there does not restrict it.</summary>
internal static class FileQueryParameters
{
    private const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>The parameters with the '?' before them; empty for all files.</summary>
    public static string Write(FileQuery query)
    {
        var parameters = Parameters(query).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}");
        return string.Join('&', parameters) is { Length: > 0 } text ? "?" + text : "";
    }

    /// <summary>Reads a question; otherwise says in a sentence why not.</summary>
    public static bool TryRead(
        Func<string, string?> parameter,
        [NotNullWhen(true)] out FileQuery? query,
        [NotNullWhen(false)] out string? problem)
    {
        query = null;
        var given = new Given(parameter);
        var read = new FileQuery
        {
            Pattern = given.Pattern(),
            Owner = given.Value<NodeId>("peer", NodeId.TryParse),
            MinSize = given.Value<long>("minSize", TryNumber) ?? 0,
            MaxSize = given.Value<long>("maxSize", TryNumber) ?? long.MaxValue,
            SinceTicks = given.Value<DateTime>("since", TryTime)?.Ticks ?? 0,
            Root = given.Value<ContentRoot>("root", ContentRoot.TryParse),
            Order = given.Value<FileOrder>("sort", TryOrder) ?? FileOrder.Owner,
            Reverse = given.Value<bool>("reverse", bool.TryParse) ?? false,
            Limit = given.Value<int>("limit", TryLimit) ?? FileQuery.MostRows,
        };
        problem = given.Problem;
        query = problem is null ? read : null;
        return problem is null;
    }

    private static IEnumerable<(string Name, string Value)> Parameters(FileQuery query)
    {
        if (query.Pattern is { } pattern)
            yield return ("pattern", pattern.Text);
        if (query.Owner is { } owner)
            yield return ("peer", owner.ToString());
        if (query.MinSize > 0)
            yield return ("minSize", query.MinSize.ToString(CultureInfo.InvariantCulture));
        if (query.MaxSize < long.MaxValue)
            yield return ("maxSize", query.MaxSize.ToString(CultureInfo.InvariantCulture));
        if (query.SinceTicks > 0)
            yield return ("since", new DateTime(query.SinceTicks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture));
        if (query.Root is { } root)
            yield return ("root", root.ToString());
        if (query.Order is not FileOrder.Owner)
            yield return ("sort", query.Order.ToString());
        if (query.Reverse)
            yield return ("reverse", bool.TrueString);
        if (query.Limit < FileQuery.MostRows)
            yield return ("limit", query.Limit.ToString(CultureInfo.InvariantCulture));
    }

    private static bool TryNumber(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryTime(string text, out DateTime value) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, Universal, out value);

    private static bool TryOrder(string text, out FileOrder value) =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]);

    private static bool TryLimit(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is > 0 and <= FileQuery.MostRows;

    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>The parameters of one request, and the first that could not be read.</summary>
    private sealed class Given(Func<string, string?> parameter)
    {
        public string? Problem { get; private set; }

        public PathPattern? Pattern()
        {
            if (parameter("pattern") is not { Length: > 0 } text)
                return null;
            if (!PathPattern.TryParse(text, out var pattern, out var reason))
                Problem ??= $"The pattern cannot be used: {reason}.";
            return pattern;
        }

        public T? Value<T>(string name, TryParse<T> parse)
            where T : struct
        {
            if (parameter(name) is not { Length: > 0 } text)
                return null;
            if (parse(text, out var value))
                return value;
            Problem ??= $"The parameter {name} cannot be '{Shown(text)}'.";
            return null;
        }

        private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";
    }
}
