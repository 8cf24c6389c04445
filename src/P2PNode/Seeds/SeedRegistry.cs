using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Seeds;

/// <summary>
/// The seed's list for many connections at once: it has what happens to members told to the log, kept on the disk, and
/// those probed who were reported dead. Thread-safe.
/// </summary>
/// <param name="file">Where the list is kept.</param>
/// <param name="probeAsync">Whether a member answers at its address.</param>
/// <param name="lapseAfter">Who has not renewed for so long is dropped.</param>
/// <param name="clock">Times what lapses.</param>
/// <param name="log">Hears of each registration and each death.</param>
internal sealed class SeedRegistry(MemberFile file, Func<Member, CancellationToken, Task<bool>> probeAsync, TimeSpan lapseAfter, TimeProvider clock, ILogger log)
{
    private const int MostProbesWaiting = 1024;
    private const int MostProbesAtOnce = 16;

    /// <summary>Changes are gathered for so long before the list is written.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LapseEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SeedBook _book = new(lapseAfter);
    private readonly Signal _changed = new();
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Who comes when that is full is probed upon the next report.</summary>
    private readonly Channel<Member> _suspects = Channel.CreateBounded<Member>(new BoundedChannelOptions(MostProbesWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private TimeSpan Now => clock.GetElapsedTime(_began);

    /// <summary>Takes up the list that is on the disk; says how many are in it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public int Restore()
    {
        try
        {
            var members = file.Read();
            lock (_gate)
                _book.Restore(Now, members);
        }
        catch (InvalidDataException e)
        {
            log.ListDamaged(e.Message);
        }

        return Members().Length;
    }

    public Member[] Members()
    {
        lock (_gate)
            return [.. _book.Members];
    }

    public SeedNews Register(Member member)
    {
        SeedNews news;
        lock (_gate)
            news = _book.Register(Now, member);
        switch (news)
        {
            case SeedRegistered { Before: { } before } when (before.Host, before.Port) != (member.Host, member.Port):
                log.Moved(before, member);
                break;
            case SeedRegistered:
                log.Registered(member);
                break;
            case SeedFull:
                log.RegistrationRefused(member.Id, "the list is full");
                return news;
            case SeedOutdated outdated:
                log.RegistrationRefused(member.Id, $"its incarnation {member.Incarnation} is over; it is asked for a higher one than {outdated.Known.Incarnation}");
                return news;
            default:
                return news;
        }

        _changed.Set();
        return news;
    }

    public void Report(NodeId observer, NodeId id, long incarnation, bool isHearsay)
    {
        SeedNews news;
        lock (_gate)
            news = isHearsay ? _book.Repeat(Now, id, incarnation) : _book.Report(Now, observer, id, incarnation);
        if (news is SeedSuspects suspects)
        {
            log.ReportedDead(observer, suspects.Member);
            _suspects.Writer.TryWrite(suspects.Member);
        }

        Tell(news, $"node {observer} says so too");
    }

    public void Leave(NodeId id, long incarnation)
    {
        SeedNews news;
        lock (_gate)
            news = _book.Leave(id, incarnation);
        if (news is not SeedLeft left)
            return;
        log.HasLeft(left.Member);
        _changed.Set();
    }

    /// <summary>Drops who was revoked.</summary>
    public void Expel(NodeId id)
    {
        lock (_gate)
            _book.Expel(id);
        log.Expelled(id);
        _changed.Set();
    }

    /// <summary>Keeps the list true until stopped; it is on the disk when this returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await TaskGroup.RunAsync([SaveAsync, LapseAsync, .. Enumerable.Repeat<Func<CancellationToken, Task>>(ProbeAsync, MostProbesAtOnce)], stop);
        }
        finally
        {
            Save();
        }
    }

    private void Tell(SeedNews news, string reason)
    {
        if (news is not SeedDied died)
            return;
        log.Died(died.Member, reason);
        _changed.Set();
    }

    private async Task SaveAsync(CancellationToken stop)
    {
        while (true)
        {
            await _changed.WaitAsync(stop);
            Save();
            await Task.Delay(SaveEvery, clock, stop);
        }
    }

    /// <summary>A full disk ends no seed: the list is a hint, and nodes renew their registrations.</summary>
    private void Save()
    {
        try
        {
            file.Write(Members());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.ListNotSaved(file.Path, e.Message);
        }
    }

    private async Task LapseAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(LapseEvery, clock, stop);
            IReadOnlyList<Member> lapsed;
            lock (_gate)
                lapsed = _book.Lapse(Now);
            foreach (var member in lapsed)
                log.Lapsed(member, lapseAfter);
            if (lapsed.Count > 0)
                _changed.Set();
        }
    }

    private async Task ProbeAsync(CancellationToken stop)
    {
        await foreach (var member in _suspects.Reader.ReadAllAsync(stop))
        {
            var answers = await probeAsync(member, stop);
            SeedNews news = new SeedIgnored();
            lock (_gate)
            {
                if (answers)
                    _book.ProbeAnswered(member.Id);
                else
                    news = _book.ProbeFailed(member.Id, member.Incarnation);
            }

            if (answers)
                log.LivesAfterAll(member);
            Tell(news, "it does not answer this seed either");
        }
    }
}
