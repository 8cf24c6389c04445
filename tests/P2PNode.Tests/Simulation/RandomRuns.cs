using System.Collections.Concurrent;
using P2PNode.Tests.Simulation.Faults;

namespace P2PNode.Tests.Simulation;

/// <summary>Networks of 3 to 9 nodes under random faults, run once for all tests that look at them.</summary>
public sealed class RandomRuns
{
    private const int Seeds = 3_000;

    private readonly ConcurrentBag<string> _failures = [];
    private readonly ConcurrentBag<RandomFaults.Outcome> _outcomes = [];

    public RandomRuns() => Parallel.For(0, Seeds, Cluster.TwoThreads, seed =>
    {
        try
        {
            _outcomes.Add(RandomFaults.Run(seed, null));
        }
        catch (SimulationFailure failure)
        {
            _failures.Add(failure.Message);
        }
    });

    /// <summary>Which seeds failed and why, and the whole story of one; null if none did.</summary>
    public string? Failures => _failures.IsEmpty
        ? null
        : $"{_failures.Count} of {Seeds} seeds failed:\n{string.Join('\n', _failures.Select(failure => failure.Split('\n')[0]).Order())}\n\n{_failures.Min()}";

    /// <summary>How often a kind of trouble came about over all runs.</summary>
    internal long CountOf(Happening happening) => _outcomes.Sum(outcome => outcome.Cluster.Tally.GetValueOrDefault(happening));

    /// <summary>The middle and the largest of something that was measured in each run.</summary>
    internal (double Middle, double Most) Spread(Func<RandomFaults.Outcome, double> measured)
    {
        var sorted = _outcomes.Select(measured).Order().ToList();
        return (sorted[sorted.Count / 2], sorted[^1]);
    }
}
