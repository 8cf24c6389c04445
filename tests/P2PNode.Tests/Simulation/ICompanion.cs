using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>What runs in a node's process beside the election, such as a catalogue. Made anew at each start.</summary>
internal interface ICompanion
{
    void Started();

    void Happened(ElectionEffect effect);

    /// <summary>A link came or went.</summary>
    void LinksChanged();

    void Received(NodeId from, object connection, object message);
}
