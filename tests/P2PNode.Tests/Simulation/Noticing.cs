using P2PNode.Tests.Simulation.Faults;

namespace P2PNode.Tests.Simulation;

/// <summary>What the tests of broken rules share.</summary>
internal static class Noticing
{
    /// <summary>How many seeds it may take to notice.</summary>
    private const int Patience = 1_000;

    public static void RunWithFaults(int seed, Mutation? mutation) => RandomFaults.Run(seed, mutation);

    public static void IsNoticed(Action<int, Mutation?> run, Mutation mutation, params string[] complaints)
    {
        for (var seed = 0; seed < Patience; seed++)
        {
            try
            {
                run(seed, mutation);
            }
            catch (SimulationFailure failure)
            {
                Assert.True(
                    complaints.Any(complaint => failure.Message.Contains(complaint, StringComparison.Ordinal)),
                    $"{mutation} was noticed for another reason: {failure.Message}");
                return;
            }
        }

        Assert.Fail($"Nothing noticed {mutation} in {Patience} runs.");
    }
}
