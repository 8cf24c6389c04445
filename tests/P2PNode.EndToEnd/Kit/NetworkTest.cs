namespace P2PNode.EndToEnd.Kit;

/// <summary>A test with networks of its own. When it fails, all that their nodes printed goes with it.</summary>
public abstract class NetworkTest : IDisposable
{
    private readonly List<Network> _networks = [];

    public void Dispose()
    {
        foreach (var network in _networks)
        {
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
                Say(network.Log);
            network.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private protected Network Create(params int[] ids)
    {
        var network = new Network(ids);
        _networks.Add(network);
        return network;
    }

    /// <summary>Writes to the test's output, for instance what was measured.</summary>
    protected static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
