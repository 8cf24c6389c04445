namespace P2PNode.Transport;

/// <summary>What a node says that it can do, as the bits on the wire.</summary>
[Flags]
public enum PeerFeatures : ulong
{
    None = 0,

    /// <summary>To who probes it: it announces itself on the local network, and has listened to others for so long that whom it did not hear it cannot hear.</summary>
    Announces = 1,

    /// <summary>It hears who probes it.</summary>
    HearsDialler = 2,

    /// <summary>On control links: it takes the files of a node that leaves over, and knows what leaving is.</summary>
    TakesCustody = 4,
}
