namespace P2PNode.Tests.Simulation;

public class KnownFailureTests
{
    private const int Seeds = 25;

    [Fact]
    public void A_split_of_a_hundred_nodes_takes_one_claim() =>
        Parallel.For(0, 3, seed => KnownFailures.A_split_of_a_hundred(seed, null));

    [Fact]
    public void Heartbeats_that_overtake_one_another_start_no_election() =>
        For(KnownFailures.Heartbeats_that_overtake_one_another);

    [Fact]
    public void A_leader_that_most_cannot_reach_stands_aside_until_they_can() =>
        For(KnownFailures.The_lowest_ID_reaches_only_one);

    [Fact]
    public void A_lowest_ID_that_most_never_reached_does_not_keep_the_others_from_choosing() =>
        For(KnownFailures.The_lowest_ID_never_reached_more_than_one);

    [Fact]
    public void Two_nodes_that_reach_only_the_third_do_not_take_the_leadership_from_each_other() =>
        For(KnownFailures.Two_of_three_reach_only_the_third);

    [Fact]
    public void A_lower_ID_does_not_take_over_from_a_leader_that_reaches_more() =>
        For(KnownFailures.The_lowest_ID_returns_but_does_not_reach_all);

    [Fact]
    public void Of_several_leaders_that_reach_too_few_the_one_that_reaches_all_is_found() =>
        For(KnownFailures.A_star_around_a_higher_ID);

    [Fact]
    public void A_flapping_lowest_ID_soon_stops_leading() => For(KnownFailures.The_lowest_ID_flaps);

    [Fact]
    public void A_leader_that_was_stopped_asks_before_it_leads_again() => For(KnownFailures.A_stopped_leader_goes_on);

    private static void For(Action<int, Mutation?> scenario)
    {
        for (var seed = 0; seed < Seeds; seed++)
            scenario(seed, null);
    }
}
