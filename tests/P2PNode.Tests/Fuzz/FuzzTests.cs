using System.Globalization;
using P2PNode.Fuzz;
using P2PNode.Protocol;

namespace P2PNode.Tests.Fuzz;

/// <summary>A short run of what <c>bench/P2PNode.Fuzz</c> does for as long as one wants.</summary>
public sealed class FuzzTests
{
    /// <summary>Set to a number of seconds for each part to run so long, instead of its share of <see cref="Together"/>.</summary>
    private const string SecondsVariable = "P2PNODE_FUZZ_SECONDS";

    private const string SeedVariable = "P2PNODE_SEED";

    private static readonly TimeSpan Together = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_makes_a_part_fail_otherwise_than_it_should(string name)
    {
        using var target = FuzzTargets.Make(name);
        var fuzzer = new Fuzzer(target);
        var seed = Variable(SeedVariable) ?? 1;
        var time = Variable(SecondsVariable) is { } seconds ? TimeSpan.FromSeconds(seconds) : Together / FuzzTargets.Names.Count;
        var started = TimeProvider.System.GetTimestamp();

        do
            Assert.Null(fuzzer.Try(seed++)?.ToString());
        while (TimeProvider.System.GetElapsedTime(started) < time);

        target.Check();
        Assert.InRange(fuzzer.Accepted, fuzzer.Inputs / 100, fuzzer.Inputs); // Else the inputs are mere noise.
    }

    [Fact]
    public void Every_type_of_frame_is_taken_by_a_part() =>
        Assert.Equal(Enum.GetValues<FrameType>(), FuzzTargets.Taken.Order());

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
