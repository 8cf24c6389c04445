using System.Globalization;
using System.Text.RegularExpressions;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>Counts the files that a leader says it has collected.</summary>
internal sealed partial class CollectedCount(RunningProcess leader)
{
    private int _lines;
    private int _files;

    /// <summary>How many files it has named since its start.</summary>
    public int Read()
    {
        foreach (var line in leader.LinesFrom(_lines))
        {
            _lines++;
            if (Many().Match(line.Text) is { Success: true } many)
                _files += int.Parse(many.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            else if (line.Text.Contains("] Collected ", StringComparison.Ordinal))
                _files++;
        }

        return _files;
    }

    [GeneratedRegex(@"\] Collected (\d+) files \(\d+ bytes\) \| NODE\d+$")]
    private static partial Regex Many();
}
