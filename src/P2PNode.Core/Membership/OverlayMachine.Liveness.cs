namespace P2PNode.Core.Membership;

/// <content>Who lives: probes, suspicions, witnesses, and visits to the dead.</content>
public sealed partial class OverlayMachine
{
    /// <summary>After so many rounds in which two neighbours' tables differ one tells the other its own.</summary>
    private const int RoundsUntilTold = 10;

    /// <summary>So many may be looked at for others at a time.</summary>
    private const int MostInquiries = 64;

    private readonly SortedDictionary<NodeId, Suspicion> _suspicions = [];
    private readonly List<Inquiry> _inquiries = [];
    private readonly Graves _graves;

    /// <summary>Members that this node, as a witness, had no answer of, and in which life.</summary>
    private readonly Dictionary<NodeId, long> _missed = [];

    private void ProbeNeighbours()
    {
        foreach (var neighbour in _neighbours.ToList())
        {
            neighbour.BeginRound();
            if (neighbour.IsLinked)
                Say(neighbour.Id, new Probe(_members.Digest));
            if (neighbour.Misses >= _options.Misses)
                Suspect(neighbour.Id);
        }
    }

    private void BeAnswered(NodeId from, ProbeAnswer answer)
    {
        AnswerInquiries(from, lives: true);
        if (_neighbours.Find(from) is not { } neighbour)
            return;
        neighbour.Answered();
        if (_suspicions.Remove(from))
        {
            _linksMayChange = true;
            Note(_members.Vouch(from), from: null, isNews: false);
        }

        if (neighbour.DiffersFor(RoundsUntilTold, answer.Digest == _members.Digest))
            TellTable(from);
        if (!neighbour.Denies(answer.IsNeighbour))
            return;
        if (neighbour.IsChosen)
            Say(from, new NeighbourRequest(_members.Digest));
        else
            BeParted(from);
    }

    /// <summary>A neighbour does not answer, or its host refused a dial.</summary>
    private void Suspect(NodeId id)
    {
        if (!_suspicions.TryGetValue(id, out var suspicion))
        {
            if (!_members.TryGet(id, out var member) || member.State >= MemberState.Dead)
                return;
            _suspicions.Add(id, suspicion = new Suspicion(id, member.Incarnation));

            // Two others have lost it already, and now this node has.
            if (member.State is MemberState.Suspect)
                suspicion.Confirm(_now + _options.Refutation);
        }

        if (suspicion.Witness is null && suspicion.DeadAt is null)
            AskNextWitness(suspicion);
    }

    private void AskNextWitness(Suspicion suspicion)
    {
        _linksMayChange = true;
        suspicion.GiveUpWitness();
        if (suspicion.Asked.Count < Suspicion.MostWitnesses && PickWitness(suspicion) is { } witness)
        {
            suspicion.Ask(witness, _now + _options.Patience);
            AskWitnessAt(witness);
        }
        else if (suspicion.Asked.Count == 0)
        {
            Confirm(suspicion); // Nobody else is left to ask, nor to be told.
        }
        else
        {
            Spare(suspicion.Suspect); // Whom nobody answers may be cut off itself: it condemns nobody.
        }
    }

    /// <summary>First another neighbour of the suspect, by its word; after that whoever is known to answer.</summary>
    private NodeId? PickWitness(Suspicion suspicion)
    {
        bool MayTell(NodeId id) => id != Self && id != suspicion.Suspect && !suspicion.Asked.Contains(id)
            && !_suspicions.ContainsKey(id) && _members.TryGet(id, out var member) && member.State is MemberState.Alive;

        List<NodeId> mine = [.. _neighbours.Where(_neighbours.IsHealthy).Select(neighbour => neighbour.Id).Where(MayTell)];
        List<NodeId> theirs = [.. (_neighbours.Find(suspicion.Suspect)?.Neighbours ?? []).Where(MayTell)];
        List<NodeId> linked = [.. theirs.Where(_linked.Contains)];
        List<NodeId>[] choices = suspicion.Asked.Count == 0 ? [linked, theirs, mine] : [linked, mine, theirs];
        foreach (var choice in choices.Append([.. _passive.Members.Where(MayTell)]))
        {
            if (choice.Count > 0)
                return _dice.Pick(choice);
        }

        return null;
    }

    /// <summary>Puts the questions that wait for the link to a witness.</summary>
    private void AskWitnessAt(NodeId witness)
    {
        if (!_linked.Contains(witness))
            return;
        foreach (var suspicion in _suspicions.Values)
        {
            if (suspicion.Witness == witness)
                Say(witness, new WitnessQuestion(suspicion.Suspect, suspicion.Incarnation));
        }
    }

    private void HearWitness(NodeId from, WitnessAnswer answer)
    {
        if (!_suspicions.TryGetValue(answer.Suspect, out var suspicion) || suspicion.Witness != from || suspicion.Incarnation != answer.Incarnation)
            return;
        _linksMayChange = true;
        if (answer.Lives)
            Spare(answer.Suspect);
        else
            Confirm(suspicion);
    }

    private void Confirm(Suspicion suspicion)
    {
        suspicion.Confirm(_now + _options.Refutation);
        Note(_members.Miss(suspicion.Suspect, MemberState.Suspect), from: null);
    }

    /// <summary>It seems to live, though not for this node: it gets another chance, and then others take its place.</summary>
    private void Spare(NodeId id)
    {
        _linksMayChange = true;
        _suspicions.Remove(id);
        if (_neighbours.Find(id) is not { } neighbour)
            return;
        neighbour.VouchedFor();
        if (neighbour.Vouched > 1)
            Part(id);
    }

    private void PressSuspicions()
    {
        foreach (var suspicion in _suspicions.Values.ToList())
        {
            if (suspicion.DeadAt <= _now)
                Note(_members.Miss(suspicion.Suspect, MemberState.Dead), from: null);
            else if (suspicion.Witness is not null && suspicion.WitnessUntil <= _now)
                AskNextWitness(suspicion);
        }
    }

    /// <summary>Somebody asks for a look at a member: it is linked, if it is not, and probed.</summary>
    private void Inquire(NodeId asker, WitnessQuestion question)
    {
        var (id, incarnation) = (question.Suspect, question.Incarnation);
        if (!_members.TryGet(id, out var member) || _inquiries.Count >= MostInquiries)
            return;
        if (id == Self || member.Incarnation > incarnation || member.State >= MemberState.Dead)
        {
            Say(asker, new MemberNews([member]));
            Say(asker, new WitnessAnswer(id, incarnation, member.State < MemberState.Dead));
            return;
        }

        _linksMayChange = true;
        _inquiries.Add(new Inquiry(id, incarnation, asker, _now + _options.Misses * _options.Probe));
        if (_linked.Contains(id))
            Say(id, new Probe(_members.Digest));
    }

    private void AnswerInquiries(NodeId about, bool lives)
    {
        if (_inquiries.Count == 0)
            return;
        foreach (var inquiry in _inquiries.Where(inquiry => inquiry.Suspect == about).ToList())
            Answer(inquiry, lives);
    }

    private void Answer(Inquiry inquiry, bool lives)
    {
        _linksMayChange = true;
        _inquiries.Remove(inquiry);
        if (!lives)
            _missed[inquiry.Suspect] = inquiry.Incarnation;
        Say(inquiry.Asker, new WitnessAnswer(inquiry.Suspect, inquiry.Incarnation, lives));
    }

    private void PressInquiries()
    {
        foreach (var inquiry in _inquiries.ToList())
        {
            if (inquiry.Until <= _now)
                Answer(inquiry, lives: false);
            else if (_linked.Contains(inquiry.Suspect))
                Say(inquiry.Suspect, new Probe(_members.Digest));
        }
    }

    /// <summary>
    /// Looks after one of the dead, as it may be behind a cut that has healed; and after the next of the living in the
    /// order of IDs, as all neighbours of that one may have died with it.
    /// </summary>
    private void PayVisits()
    {
        _visiting.Restart(_now);
        if (_graves.Pick(_now, _dice) is { } gone)
            Visit(gone, isGone: true);
        var alive = _members.Alive;
        Visit(alive[(alive.IndexOf(Self) + 1) % alive.Count], isGone: false);
    }

    private void Visit(NodeId id, bool isGone)
    {
        if (id == Self || _linked.Contains(id) || _suspicions.ContainsKey(id))
            return;
        _visits[id] = (_now + _options.Patience, isGone);
        _linksMayChange = true;
    }

    private void EndVisits()
    {
        foreach (var (id, (until, _)) in _visits.ToList())
        {
            if (_now >= until && _visits.Remove(id))
                Miss(id);
        }
    }

    /// <summary>A member could not be reached. Where two have suspected it before, this one's word is enough.</summary>
    private void Miss(NodeId id)
    {
        _linksMayChange = true;
        var isNeighbour = _neighbours.Find(id) is not null;
        if (!isNeighbour && _members.TryGet(id, out var member) && member.State is MemberState.Suspect && !_suspicions.ContainsKey(id))
        {
            _missed[id] = member.Incarnation;
            Note(_members.Miss(id, MemberState.Dead), from: null);
        }
        else
        {
            Suspect(id);
        }
    }
}
