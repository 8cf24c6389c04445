namespace P2PNode.Core.Membership;

/// <summary>A neighbour that does not answer this node: first a witness is asked, then the suspect has time to speak up.</summary>
internal sealed class Suspicion(NodeId suspect, long incarnation)
{
    /// <summary>So many may fail to answer before the suspicion rests.</summary>
    public const int MostWitnesses = 3;

    public NodeId Suspect { get; } = suspect;

    public long Incarnation { get; } = incarnation;

    public HashSet<NodeId> Asked { get; } = [];

    /// <summary>Who is being asked; null before, and once there is an answer.</summary>
    public NodeId? Witness { get; private set; }

    public TimeSpan WitnessUntil { get; private set; }

    /// <summary>When the suspect is declared dead, once a witness has confirmed it.</summary>
    public TimeSpan? DeadAt { get; private set; }

    public void Ask(NodeId witness, TimeSpan until)
    {
        Asked.Add(witness);
        (Witness, WitnessUntil) = (witness, until);
    }

    public void GiveUpWitness() => Witness = null;

    public void Confirm(TimeSpan deadAt) => (Witness, DeadAt) = (null, DeadAt ?? deadAt);
}

/// <summary>A witness's own look at a suspect, for somebody who asked.</summary>
/// <param name="Suspect">Whom to look at.</param>
/// <param name="Incarnation">As the asker knows it.</param>
/// <param name="Asker">Who gets the answer.</param>
/// <param name="Until">When no answer of the suspect is one too.</param>
internal sealed record Inquiry(NodeId Suspect, long Incarnation, NodeId Asker, TimeSpan Until);
