namespace P2PNode.Cli.Configuration;

/// <summary>What a person set cannot be used. Each problem is one sentence: where it is and what to do.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public ConfigurationException(string problem)
        : this([problem])
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}
