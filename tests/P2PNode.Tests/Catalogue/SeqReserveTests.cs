using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Catalogue;

public class SeqReserveTests
{
    [Fact]
    public void Nothing_is_reserved_at_first() => Assert.False(default(SeqReserve).Covers(1));

    [Fact]
    public void A_reserve_reaches_a_step_ahead_and_is_kept_until_it_is_used_up()
    {
        var reserve = default(SeqReserve).ExtendedTo(1);

        Assert.Equal(1 + SeqReserve.Step, reserve.UpTo);
        Assert.Equal(reserve, reserve.ExtendedTo(reserve.UpTo));
        Assert.Equal(reserve.UpTo + 1 + SeqReserve.Step, reserve.ExtendedTo(reserve.UpTo + 1).UpTo);
    }

    [Fact]
    public void An_extended_reserve_always_covers_its_number_and_never_shrinks() =>
        Prop.ForAll<NonNegativeInt, NonNegativeInt>((upTo, seq) =>
        {
            var (before, after) = (new SeqReserve(upTo.Get), new SeqReserve(upTo.Get).ExtendedTo(seq.Get));
            return after.Covers(seq.Get) && after.UpTo >= before.UpTo;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(5, false, 9)]
    [InlineData(5, true, 5)]
    [InlineData(12, false, 12)]
    public void After_a_crash_every_reserved_number_counts_as_used(long highest, bool closed, long last) =>
        Assert.Equal(last, new SeqReserve(9).LastUsed(highest, closed));

    [Fact]
    public void Numbers_do_not_run_over() =>
        Assert.Throws<OverflowException>(() => default(SeqReserve).ExtendedTo(long.MaxValue));
}
