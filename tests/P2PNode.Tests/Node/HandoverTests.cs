using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Catalogue;

namespace P2PNode.Tests.Node;

/// <summary>Node 2 leaves.</summary>
public sealed class HandoverTests
{
    private static readonly ListingDigest Listed = default(ListingDigest).Plus(Sample.File("a.txt", 1, 1));

    private static readonly ListingDigest Other = default(ListingDigest).Plus(Sample.File("a.txt", 2, 1));

    /// <summary>Node 1 leads and has everything.</summary>
    private static readonly Handover Done = new()
    {
        Self = Sample.Two,
        Now = new Leadership(new Epoch(7), Sample.One, Role.Follower, null),
        Alive = [Sample.One, Sample.Two, Sample.Three],
        IsScanned = true,
        Own = Listed,
        Word = new CustodyWord(7, 0, 0, Listed, []),
        OthersMissing = 0,
        IsConfirmed = true,
    };

    [Fact]
    public void A_node_goes_when_its_custodian_has_all()
    {
        Assert.True(Done.IsDone);
        Assert.Null(Done.Refusal);
    }

    [Fact]
    public void A_node_stays_while_anything_is_missing_unsure_or_of_another_leadership()
    {
        Assert.False((Done with { IsScanned = false }).IsDone);
        Assert.False((Done with { Unoffered = 1 }).IsDone);
        Assert.False((Done with { Own = Other }).IsDone); // A file changed since the answer was made.
        Assert.False((Done with { Word = null }).IsDone);
        Assert.False((Done with { Word = new CustodyWord(7, 0, 0, null, []) }).IsDone);
        Assert.False((Done with { Word = new CustodyWord(6, 0, 0, Listed, []) }).IsDone);
        Assert.False((Done with { Now = Done.Now with { Epoch = new Epoch(8) } }).IsDone);
        Assert.False((Done with { Now = Done.Now with { Leader = null, Role = Role.Electing } }).IsDone);
        Assert.False((Done with { OthersMissing = null }).IsDone);
        Assert.False((Done with { OthersMissing = 1 }).IsDone);
        Assert.False((Done with { IsConfirmed = false }).IsDone);
    }

    [Fact]
    public void A_node_that_lists_nothing_goes_too_but_only_when_its_custodian_has_said_so()
    {
        var empty = Done with { Own = default, Word = new CustodyWord(7, 0, 0, default(ListingDigest), []) };

        Assert.True(empty.IsDone);
        Assert.False((empty with { Word = new CustodyWord(7, 0, 0, null, []) }).IsDone);
    }

    [Fact]
    public void A_follower_hands_over_to_its_leader_and_the_leader_to_the_lowest_other_id()
    {
        var leads = Done with { Now = Done.Now with { Leader = Sample.Two, Role = Role.Leader } };

        Assert.Equal(Sample.One, Done.Custodian);
        Assert.Equal(Sample.One, leads.Custodian);
        Assert.Equal(Sample.Three, (leads with { Alive = [Sample.Two, Sample.Three] }).Custodian);
        Assert.Null((Done with { Now = Done.Now with { Leader = null, Role = Role.Electing } }).Custodian);
    }

    [Fact]
    public void Who_leads_nobody_but_itself_cannot_leave()
    {
        var alone = Done with { Now = Done.Now with { Leader = Sample.Two, Role = Role.Leader }, Alive = [Sample.Two] };

        Assert.Equal("Node 2 is alone: nobody can take its files over; stop it with Ctrl-C, its files stay in its folder.", alone.Refusal);
        Assert.False(alone.IsDone);
        Assert.Null((alone with { Now = alone.Now with { Leader = null, Role = Role.Electing } }).Refusal); // A leader may yet be found.
    }

    [Fact]
    public void What_a_node_waits_for_is_told()
    {
        var full = ImmutableArray.Create(("there is no room on the disk", 3), ("node 2 does not answer", 1));

        Assert.Equal(new LeaveProgress(Sample.One, 4, 99, "there is no room on the disk"), (Done with { Word = new CustodyWord(7, 4, 99, null, full) }).Progress);
        Assert.Equal(new LeaveProgress(Sample.One, 4, 99, null), (Done with { Word = new CustodyWord(7, 4, 99, null, []) }).Progress);
        Assert.Equal(new LeaveProgress(Sample.One, 5, 99, "1 file changed just now and cannot be offered yet"), (Done with { Unoffered = 1, Word = new CustodyWord(7, 4, 99, null, []) }).Progress);
        Assert.Equal(new LeaveProgress(Sample.One, 0, 0, "node 1 has not answered yet"), (Done with { Word = null }).Progress);
        Assert.Equal(new LeaveProgress(Sample.One, 0, 0, "node 1 has yet to take in what this one lists"), (Done with { Own = Other }).Progress);
        Assert.Equal(new LeaveProgress(Sample.One, 2, 0, "copies of files whose owners are away"), (Done with { OthersMissing = 2 }).Progress);
        Assert.Null((Done with { Now = Done.Now with { Leader = null, Role = Role.Electing } }).Progress.Custodian);
    }
}
