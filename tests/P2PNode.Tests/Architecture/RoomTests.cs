using System.Reflection;

namespace P2PNode.Tests.Architecture;

public sealed class RoomTests
{
    /// <summary>
    /// The house, ground floor first (docs/architecture.md). A room may use itself and every lower storey, never a
    /// neighbour.
    /// </summary>
    private static readonly string[][] Storeys =
    [
        ["P2PNode.Core"],
        ["P2PNode.Core.Election", "P2PNode.Core.Membership", "P2PNode.Core.Catalogue"],
        ["P2PNode.Core.Transfer"],
        ["P2PNode", "P2PNode.Protocol.Messages"],
        ["P2PNode.Protocol", "P2PNode.Files"],
        ["P2PNode.Security"],
        ["P2PNode.Transport"],
        ["P2PNode.Transfer"],
        ["P2PNode.Node"],
        ["P2PNode.Api"],
        ["P2PNode.Cli.Configuration"],
        ["P2PNode.Cli.Display", "P2PNode.Cli.Logging", "P2PNode.Cli.Typing"],
        ["P2PNode.Cli", "P2PNode.Cli.Commands"],
    ];

    /// <summary>The command line's own two rooms call each other: one is the entrance, the other what it leads to.</summary>
    private static readonly string[] Entrance = ["P2PNode.Cli", "P2PNode.Cli.Commands"];

    public static TheoryData<Type> Types => [.. new[] { "P2PNode.Core", "P2PNode", "P2PNode.Cli" }
        .SelectMany(assembly => Assembly.Load(assembly).GetTypes())
        .Where(IsOurs)];

    [Theory]
    [MemberData(nameof(Types), DisableDiscoveryEnumeration = true)]
    public void A_type_uses_only_its_own_room_and_lower_storeys(Type type)
    {
        var trespasses = TypeDependencies.Of(type)
            .Where(used => IsOurs(used) && used.Namespace != type.Namespace && !MayUse(type, used))
            .Select(used => $"{type} uses {used}")
            .ToList();

        Assert.Empty(trespasses);
    }

    [Fact]
    public void Every_room_on_the_plan_exists()
    {
        var rooms = Types.Select(row => row.Data.Namespace).ToHashSet();

        Assert.All(Storeys.SelectMany(storey => storey), room => Assert.Contains(room, rooms));
    }

    private static bool MayUse(Type type, Type used) =>
        StoreyOf(used) < StoreyOf(type) || (Entrance.Contains(type.Namespace) && Entrance.Contains(used.Namespace));

    private static bool IsOurs(Type type) => type.Namespace?.Split('.')[0] == "P2PNode";

    private static int StoreyOf(Type type)
    {
        var storey = Array.FindIndex(Storeys, rooms => rooms.Contains(type.Namespace));
        return storey >= 0 ? storey : throw new InvalidOperationException($"{type.Namespace} is not on the plan of the house.");
    }
}
