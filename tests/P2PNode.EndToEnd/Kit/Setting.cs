using System.Globalization;

namespace P2PNode.EndToEnd.Kit;

/// <summary>Numbers in the environment that make tests longer than a build has time for.</summary>
internal static class Setting
{
    /// <summary>How often what depends on luck is repeated: P2PNODE_ROUNDS.</summary>
    public static int Rounds(int otherwise) => Number("P2PNODE_ROUNDS") ?? otherwise;

    /// <summary>Where luck begins: P2PNODE_SEED; another one in each run if it is not set.</summary>
    public static int Seed => Number("P2PNODE_SEED") ?? Environment.ProcessId;

    /// <summary>How many per cent of the full load are put on: P2PNODE_SCALE.</summary>
    public static int Scale(int otherwise) => Number("P2PNODE_SCALE") ?? otherwise;

    /// <summary>How many seconds a network stays cut: P2PNODE_CUT.</summary>
    public static TimeSpan Cut(int otherwise) => TimeSpan.FromSeconds(Number("P2PNODE_CUT") ?? otherwise);

    /// <summary>How many seconds a process stands still: P2PNODE_PAUSE.</summary>
    public static TimeSpan Pause(int otherwise) => TimeSpan.FromSeconds(Number("P2PNODE_PAUSE") ?? otherwise);

    /// <summary>Whether all has to come about in the time that is promised, as nothing else uses the machine: P2PNODE_STRICT=1.</summary>
    public static bool IsStrict => Number("P2PNODE_STRICT") is 1;

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
