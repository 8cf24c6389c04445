using System.Collections.Concurrent;
using System.Globalization;
using P2PNode.Tests.Simulation.Faults;

namespace P2PNode.Tests.Simulation;

/// <summary>Networks of 3 to 9 nodes under random faults, run once for all tests that look at them.</summary>
public sealed class RandomRuns
{
    /// <summary>Set to a seed to run it alone and see its whole story.</summary>
    private const string SeedVariable = "P2PNODE_SEED";

    private static readonly int? OnlySeed =
        Environment.GetEnvironmentVariable(SeedVariable) is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : null;

    private static readonly int[] Seeds = OnlySeed is { } seed ? [seed] : [.. Enumerable.Range(0, 2_500)];

    private readonly ConcurrentBag<string> _failures = [];
    private readonly ConcurrentBag<RandomFaults.Outcome> _outcomes = [];

    public RandomRuns() => Parallel.ForEach(Seeds, Cluster.TwoThreads, seed =>
    {
        try
        {
            _outcomes.Add(RandomFaults.Run(seed, null, lastLines: OnlySeed is null ? 60 : 10_000));
        }
        catch (SimulationFailure failure)
        {
            _failures.Add(failure.Message);
        }
    });

    /// <summary>Which seeds failed and why, and the whole story of one; null if none did.</summary>
    public string? Failures => _failures.IsEmpty
        ? null
        : $"{_failures.Count} of {Seeds.Length} seeds failed:\n{string.Join('\n', _failures.Select(failure => failure.Split('\n')[0]).Order())}\n\n{_failures.Min()}";

    /// <summary>How often a kind of trouble came about over all runs.</summary>
    internal long CountOf(Happening happening) => _outcomes.Sum(outcome => outcome.Cluster.Tally.GetValueOrDefault(happening));

    /// <summary>The middle and the largest of something that was measured in each run.</summary>
    internal (double Middle, double Most) Spread(Func<RandomFaults.Outcome, double> measured)
    {
        var sorted = _outcomes.Select(measured).Order().ToList();
        return (sorted[sorted.Count / 2], sorted[^1]);
    }
}
