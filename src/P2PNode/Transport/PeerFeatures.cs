namespace P2PNode.Transport;

/// <summary>What a node that is probed says of announcements on the local network, as the bits on the wire.</summary>
[Flags]
public enum PeerFeatures : ulong
{
    None = 0,

    /// <summary>It announces itself, and has listened to others for so long that whom it did not hear it cannot hear.</summary>
    Announces = 1,

    /// <summary>It hears who probes it.</summary>
    HearsDialler = 2,
}
