using FsCheck;
using FsCheck.Fluent;

namespace P2PNode.Tests.Catalogue;

public class ListingProperties
{
    private static readonly Arbitrary<int[]> Steps = Arb.From(
        Gen.Choose(0, (32 * 1_000) - 1).ArrayOf(),
        steps => Halves(steps).Concat(steps.Select((_, i) => steps.Where((_, j) => i != j).ToArray())));

    [Fact]
    public void A_replica_becomes_its_owners_listing_whatever_happened_before() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithStartSize(20).WithEndSize(300), Prop.ForAll(Steps, steps =>
        {
            var world = ListingWorld.Filled();
            foreach (var step in steps)
                world.Step(step);

            world.Settle();
        }));

    [Fact]
    public void Batches_of_an_owner_that_crashed_do_not_come_between_those_of_the_next_link()
    {
        var world = ListingWorld.Filled();
        int[] steps = [31055, 28517, 11440, 23228, 22478, 8836, 27411, 16184, 21140, 23761, 29301, 112, 24725];
        foreach (var step in steps)
            world.Step(step);

        world.Settle();
    }

    private static IEnumerable<int[]> Halves(int[] steps) => steps.Length < 2
        ? []
        : [steps[..(steps.Length / 2)], steps[(steps.Length / 2)..]];
}
