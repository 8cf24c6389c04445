namespace P2PNode.Core.Membership;

/// <summary>Whether a member lives, as far as is known. In rising order of what wins at one incarnation.</summary>
public enum MemberState
{
    Alive = 0,

    /// <summary>It fell silent. It may live.</summary>
    Suspect = 1,

    /// <summary>It is gone, or was never met.</summary>
    Dead = 2,

    /// <summary>It said goodbye.</summary>
    Left = 3,
}

/// <summary>One node of the network, as another knows it. Immutable.</summary>
public sealed record Member
{
    private readonly string _host = "";
    private readonly int _port;
    private readonly long _incarnation;

    public required NodeId Id { get; init; }

    /// <summary>Where it listens: a name or an IP address.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public required string Host
    {
        get => _host;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _host = value;
        }
    }

    /// <summary>The TCP port that it listens on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not within 1 to 65535.</exception>
    public required int Port
    {
        get => _port;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
            _port = value;
        }
    }

    /// <summary>Which of its lives: grows at each start and at each refutation. 0 if it was never met.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long Incarnation
    {
        get => _incarnation;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _incarnation = value;
        }
    }

    public MemberState State { get; init; } = MemberState.Dead;

    /// <summary>When somebody last heard it speak, in ticks of 100 ns since 0001-01-01 UTC; null if never.</summary>
    public long? LastSeenTicks { get; init; }

    /// <summary>What people call the machine; null if it does not say.</summary>
    public string? Name { get; init; }
}

/// <summary>How one member's row changed.</summary>
/// <param name="Before">What was known; null if it was not known at all.</param>
/// <param name="After">What is known now.</param>
public sealed record MemberChange(Member? Before, Member After);
