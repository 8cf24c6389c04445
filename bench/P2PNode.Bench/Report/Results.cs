using P2PNode.Bench.Measures;

namespace P2PNode.Bench.Report;

/// <summary>A piece of work that was measured.</summary>
/// <param name="Name">W2 and so on.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Bytes">How much is moved; null where that does not matter.</param>
internal sealed record Work(string Name, string Title, long? Bytes);

/// <summary>All that one call of the program measured.</summary>
internal sealed class Results
{
    public List<Work> Works { get; } = [];

    public List<Sample> Samples { get; } = [];

    public List<Figure> Figures { get; } = [];

    /// <summary>What failed and why, a sentence each.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>What was left out and why, a sentence each.</summary>
    public List<string> Notes { get; } = [];
}
