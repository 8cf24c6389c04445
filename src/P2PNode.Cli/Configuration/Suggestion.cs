namespace P2PNode.Cli.Configuration;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The nearest candidate, where at most a third of the word has to change; otherwise null.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var nearest = candidates.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= Math.Max(1, word.Length / 3) ? nearest : null;
    }

    /// <summary>The clause to put behind a complaint about the word; empty where nothing is near.</summary>
    public static string Clause(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : ".";

    /// <summary>How many letters to insert, drop, change or swap with a neighbour, to turn one into the other.</summary>
    private static int Distance(string from, string to)
    {
        var cost = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
                cost[i, j] = i == 0 ? j : j == 0 ? i : Cheapest(i, j);
        }

        return cost[from.Length, to.Length];

        int Cheapest(int i, int j)
        {
            var changed = cost[i - 1, j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1);
            var best = Math.Min(changed, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
            var swapped = i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]);
            return swapped ? Math.Min(best, 1 + cost[i - 2, j - 2]) : best;
        }
    }

    private static bool Same(char one, char other) => char.ToLowerInvariant(one) == char.ToLowerInvariant(other);
}
