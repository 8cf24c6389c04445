using System.Globalization;

namespace P2PNode.Transport;

/// <summary>The ports that belong to known services, so that a node that chooses one gets into nobody's way.</summary>
internal static class ServicePorts
{
    /// <summary>Services from 3000 to 5000 that the list of a system may lack, or that has none.</summary>
    private static readonly int[] Always = [3000, 3128, 3260, 3268, 3269, 3306, 3389, 3478, 3690, 4369, 4500, 4567, 4789, 4899, 5000];

    private static string ListFile => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "services")
        : "/etc/services";

    /// <summary>What the system's list names, TCP and UDP, and what every system should.</summary>
    public static IReadOnlySet<int> Load()
    {
        try
        {
            return Parse(File.ReadLines(ListFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse([]);
        }
    }

    /// <summary>Reads lines <c>name port/protocol aliases # comment</c>; passes over what is none.</summary>
    public static IReadOnlySet<int> Parse(IEnumerable<string> lines)
    {
        var ports = Always.ToHashSet();
        foreach (var line in lines)
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && int.TryParse(words[1].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                ports.Add(port);
        }

        return ports;
    }
}
