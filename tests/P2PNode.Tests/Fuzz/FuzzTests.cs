using System.Globalization;
using P2PNode.Fuzz;

namespace P2PNode.Tests.Fuzz;

/// <summary>A short run of what <c>bench/P2PNode.Fuzz</c> does for as long as one wants.</summary>
public sealed class FuzzTests
{
    /// <summary>Set to a number of seconds for each part to run longer than the few inputs below.</summary>
    private const string SecondsVariable = "P2PNODE_FUZZ_SECONDS";

    private const string SeedVariable = "P2PNODE_SEED";

    /// <summary>What is written to a file in between takes longer.</summary>
    private static readonly (int OfFiles, int OfOthers) Inputs = (400, 4000);

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_makes_a_part_fail_otherwise_than_it_should(string name)
    {
        using var target = FuzzTargets.Make(name);
        var fuzzer = new Fuzzer(target);
        var seed = Variable(SeedVariable) ?? 1;
        var patience = Variable(SecondsVariable) is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var count = name.Contains("log", StringComparison.Ordinal) || name is "numbers" or "lists" or "layers" or "members" ? Inputs.OfFiles : Inputs.OfOthers;
        var started = TimeProvider.System.GetTimestamp();

        while (patience is { } time ? TimeProvider.System.GetElapsedTime(started) < time : fuzzer.Inputs < count)
            Assert.Null(fuzzer.Try(seed++)?.ToString());

        target.Check();
        Assert.InRange(fuzzer.Accepted, fuzzer.Inputs / 100, fuzzer.Inputs); // Else the inputs are mere noise.
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
