namespace P2PNode.Transport;

/// <summary>What a node that is probed says of announcements on the local network, as the bits on the wire.</summary>
[Flags]
public enum PeerFeatures : ulong
{
    None = 0,

    /// <summary>It announces itself.</summary>
    Announces = 1,

    /// <summary>It hears who probes it.</summary>
    HearsDialler = 2,
}
