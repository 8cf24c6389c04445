namespace P2PNode.Tests.Simulation;

/// <summary>A simulated network broke a rule; the message says which, when, and how to see it again.</summary>
internal sealed class SimulationFailure(string message) : Exception(message);
