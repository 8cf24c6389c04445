namespace P2PNode.Api;

/// <summary>How a command ended, as its process tells the shell; part of the contract with other programs.</summary>
public enum ExitCode
{
    Done = 0,
    Failed = 1,

    /// <summary>The command line, the environment or nodes.json cannot be used.</summary>
    Usage = 2,

    /// <summary>The node that was asked is not running.</summary>
    NotRunning = 3,
    NotFound = 4,

    /// <summary>Several things match where one was asked for; the candidates are listed.</summary>
    Ambiguous = 5,

    /// <summary>No leader was there in time.</summary>
    NoLeader = 6,

    /// <summary>The other side said no.</summary>
    Refused = 7,
}
