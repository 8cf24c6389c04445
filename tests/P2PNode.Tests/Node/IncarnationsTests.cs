using P2PNode.Node;
using P2PNode.Tests.Files;

namespace P2PNode.Tests.Node;

public sealed class IncarnationsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Who_raises_it_at_once_is_not_in_the_way_of_others_and_the_highest_stays()
    {
        var incarnations = new Incarnations(new DurableNumbers(_folder["incarnation"]));

        Parallel.For(1, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number => incarnations.Raise(number));

        Assert.Equal([199], incarnations.Read()!);
        incarnations.Raise(7);
        Assert.Equal([199], new DurableNumbers(_folder["incarnation"]).Read()!);
    }
}
