namespace P2PNode.Cli.Configuration;

/// <summary>What is wrong with a JSON file, gathered while it is read, so that a person mends it in one go.</summary>
/// <param name="shownAs">What the sentences call the file.</param>
internal sealed class JsonComplaints(string shownAs)
{
    private readonly List<(int Line, string Sentence)> _complaints = [];

    public int Count => _complaints.Count;

    public void Add(LocatedJson at, string sentence) => Add(at.Line, sentence);

    public void Add(int line, string sentence) => _complaints.Add((line, sentence));

    /// <exception cref="ConfigurationException">There are complaints; they are listed by line.</exception>
    public void ThrowIfAny()
    {
        if (_complaints.Count > 0)
        {
            throw new ConfigurationException([.. _complaints
                .OrderBy(complaint => complaint.Line)
                .Select(complaint => $"{shownAs}, line {complaint.Line}: {complaint.Sentence}")]);
        }
    }
}
