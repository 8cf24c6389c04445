using System.Net;
using System.Net.NetworkInformation;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Finds other nodes on the local network and has them find this one. What is heard is a hint: the only answer to it is
/// a dial, in which TLS proves who is there.
/// </summary>
internal sealed class Discovery(
    LocalNode self,
    TimeSpan announceEvery,
    Func<IPAddress> listens,
    Roster roster,
    LinkTable links,
    Dialler dialler,
    TimeProvider clock,
    Random random,
    ILogger log) : IDisposable
{
    /// <summary>How often the interfaces are looked at: they come, go and change their addresses.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Longer than between any two announcements.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(40);

    private readonly long _started = clock.GetTimestamp();
    private readonly AnnouncementCodec _codec = new(self.Network);
    private readonly AnnouncementSchedule _schedule = new(TimeSpan.Zero, announceEvery);
    private readonly LanSocket _socket = new(clock, log);
    private readonly TaskGroup _dials = new();
    private readonly Pulse _news = new();

    private readonly Lock _gate = new();
    private readonly CandidateTable _candidates = new();

    /// <summary>The addresses of this machine; replaced as a whole.</summary>
    private volatile IReadOnlySet<LanAddress> _own = new HashSet<LanAddress>();
    private IReadOnlySet<LanPath>? _paths;

    /// <summary>Whom this node has been linked with, and when last: each is announced to once, and again where it comes back unheard.</summary>
    private readonly Dictionary<NodeId, long> _met = [];

    /// <summary>Who has said goodbye.</summary>
    private HashSet<NodeId> _left = [];

    private TimeSpan Now => clock.GetElapsedTime(_started);

    /// <summary>Who was heard of late, and where: whether it is there has not been proven.</summary>
    public IReadOnlyList<PeerHint> Heard()
    {
        lock (_gate)
            return [.. _candidates.Candidates.Where(IsFresh).Select(candidate => new PeerHint(candidate.Id, candidate.Address))];
    }

    /// <summary>Whether a node was heard of late, wherever it is.</summary>
    public bool Hears(NodeId id)
    {
        lock (_gate)
            return _candidates.Candidates.Any(candidate => candidate.Id == id && IsFresh(candidate));
    }

    /// <summary>Whether it has listened for so long that who was not heard cannot be heard.</summary>
    public bool IsSettled => Now > SettledAfter;

    /// <summary>What a node is told of announcements that probes this one.</summary>
    public PeerFeatures FeaturesFor(NodeId peer)
    {
        if (!IsSettled)
            return PeerFeatures.None;
        return PeerFeatures.Announces | (Hears(peer) ? PeerFeatures.HearsDialler : PeerFeatures.None);
    }

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        roster.Changed += _news.Beat;
        try
        {
            await TaskGroup.RunAsync([cut => _socket.HearAsync(Hear, cut), SpeakAsync, _dials.RunAsync], stop);
        }
        finally
        {
            roster.Changed -= _news.Beat;
        }
    }

    public void Dispose() => _dials.Dispose();

    private void Hear(ReadOnlySpan<byte> packet, IPAddress from)
    {
        if (!LanPath.IsHeeded(from, listens(), _own) || !_codec.TryRead(packet, out var said) || said.Id == self.Id)
            return;
        var members = roster.Alive().Length;
        bool isNews;
        lock (_gate)
            isNews = _candidates.Hear(said, from.ToString(), members, Moment());
        if (isNews)
            _news.Beat();
    }

    private async Task SpeakAsync(CancellationToken stop)
    {
        var lookAt = TimeSpan.Zero;
        while (true)
        {
            var news = _news.Next;
            if (Now >= lookAt)
            {
                Look();
                lookAt = Now + BetweenLooks;
            }

            ReviewMembers();
            if (_schedule.DueAt <= Now)
                Announce();
            var wakeAt = Dial();
            TimeSpan[] ends = [lookAt, _schedule.DueAt, wakeAt];
            await Pulse.WaitAsync(news, ends.Min() - Now, clock, stop);
        }
    }

    /// <summary>Looks at the interfaces.</summary>
    private void Look()
    {
        try
        {
            _own = LanAddress.All();
        }
        catch (NetworkInformationException e)
        {
            log.AddressesNotTold(e.Message);
            return;
        }

        var paths = LanPath.For(listens(), _own);
        _socket.Join(_own.Where(own => own.Address.IsIPv6LinkLocal).Select(own => own.Interface).ToHashSet());
        if (_paths?.SetEquals(paths) == true)
            return;
        _paths = paths;
        _schedule.AddressesChanged(Now);
        if (paths.Count > 0)
            log.LooksForOthers(AnnouncementCodec.Port, string.Join(", ", paths.Select(path => path.To)));
        else
            log.LooksForNobody();
    }

    private void Announce()
    {
        var said = new Announcement(self.Id, self.Instance, self.Incarnation, self.Listen.Port, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var packet = _codec.Write(said);
        foreach (var path in _paths ?? new HashSet<LanPath>())
            _socket.Send(packet, path);
        _schedule.Announced(Moment());
    }

    private void ReviewMembers()
    {
        foreach (var link in links.All())
        {
            var id = link.Peer.Id;
            if (!_met.TryGetValue(id, out var before) || (before != link.Opened && !Hears(id)))
                _schedule.MemberAppeared(Now);
            _met[id] = link.Opened;
        }

        HashSet<NodeId> left = [.. roster.All().Where(member => member.State is MemberState.Left).Select(member => member.Id)];
        lock (_gate)
        {
            foreach (var id in left.Where(id => !_left.Contains(id)))
                _candidates.Forget(id);
        }

        _left = left;
    }

    /// <summary>Begins the dials that are due; says when the next one may be.</summary>
    private TimeSpan Dial()
    {
        lock (_gate)
        {
            var wakeAt = TimeSpan.MaxValue;
            while (!links.IsFull && _candidates.TakeDue(IsSought, Now, out wakeAt) is { } candidate)
                _ = _dials.Start(stop => DialAsync(candidate, stop));
            return wakeAt;
        }
    }

    private bool IsSought(Candidate candidate) =>
        _candidates.IsSought(candidate, roster.Find(candidate.Id), links.Find(candidate.Id) is not null);

    private async Task DialAsync(Candidate candidate, CancellationToken stop)
    {
        var answered = false;
        try
        {
            await dialler.LinkAsync(candidate.Address, candidate.Id, stop);
            answered = true;
        }
        catch (PeerException e)
        {
            answered = e.Fault is PeerFault.AlreadyLinked;
            if (!answered)
                log.CandidateFailed(candidate.Id, candidate.Address, e.Message);
            roster.Hear(e.Others);
        }
        finally
        {
            lock (_gate)
            {
                if (answered)
                    _candidates.Linked(candidate);
                else
                    _candidates.Failed(candidate, Now);
            }

            _news.Beat();
        }
    }

    private bool IsFresh(Candidate candidate) => Now - candidate.HeardAt < CandidateTable.Expiry;

    private Moment Moment()
    {
        lock (random)
            return new Moment(Now, random.NextDouble());
    }
}
