namespace P2PNode.Core.Election;

/// <summary>What a node is in the election.</summary>
public enum Role
{
    /// <summary>Just started: looks whether somebody leads, and who else is there.</summary>
    Joining,

    /// <summary>Follows a leader that it hears.</summary>
    Follower,

    /// <summary>Hears no leader: stands itself, or waits for a better candidate.</summary>
    Electing,

    /// <summary>Leads.</summary>
    Leader,

    /// <summary>
    /// Still leads in the eyes of the others, but finishes its work to hand over to a lower ID; must begin nothing new.
    /// Ends with the claim of that node, or back in <see cref="Leader"/> where none comes.
    /// </summary>
    Yielding,
}
