using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Node;

public sealed class HolderFaultsTests
{
    private readonly ManualClock _clock = new();
    private readonly HolderFaults _faults;

    public HolderFaultsTests() => _faults = new HolderFaults(_clock);

    [Fact]
    public void A_holder_that_fails_is_asked_again_after_a_while()
    {
        for (var times = 0; times < 3; times++)
        {
            _faults.Note(Two, new PeerException(PeerFault.Lost, "it stopped"));
            Assert.True(_faults.MayBeAsked(Two));
            _faults.Note(Two, new PeerException(PeerFault.ConnectionRefused, "nobody is there"));
            Assert.False(_faults.MayBeAsked(Two));
            Assert.True(_faults.MayBeAsked(Three));
            _clock.Advance(TimeSpan.FromSeconds(3));
            Assert.True(_faults.MayBeAsked(Two));
        }

        Assert.Equal("node 2 could not give it: nobody is there", _faults.ReasonOf([Three, Two]));
    }

    [Fact]
    public void One_that_breaks_the_rules_is_never_asked_again()
    {
        _faults.Note(Two, PeerException.Violation("it lies"));
        _faults.Note(Two, new PeerException(PeerFault.Lost, "it stopped"));
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.False(_faults.MayBeAsked(Two));
    }

    [Fact]
    public void That_a_holder_has_links_enough_is_no_fault()
    {
        for (var times = 0; times < 10; times++)
            _faults.Note(Two, new PeerException(PeerFault.Full, "node 1 has 8 bulk links to node 2 already"));

        Assert.True(_faults.MayBeAsked(Two));
        Assert.False(_faults.Refused(Two));
    }

    [Fact]
    public void Whether_it_refused_is_what_it_did_last()
    {
        Assert.False(_faults.Refused(Two));
        _faults.Note(Two, new PeerException(PeerFault.Rejected, "no"));
        Assert.True(_faults.Refused(Two));
        _faults.Note(Two, new PeerException(PeerFault.Lost, "it stopped"));
        Assert.False(_faults.Refused(Two));
    }
}
