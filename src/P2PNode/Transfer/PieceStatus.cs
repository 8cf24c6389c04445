namespace P2PNode.Transfer;

/// <summary>What a piece of a parcel says of its range. The numbers are the wire's.</summary>
internal enum PieceStatus : byte
{
    /// <summary>Bytes; more of the range follow.</summary>
    More = 0,

    /// <summary>The last bytes of the range.</summary>
    Last = 1,

    /// <summary>The holder no longer has this version. No bytes, and no more of the range.</summary>
    Changed = 2,

    /// <summary>The holder could not read it. No bytes, and no more of the range.</summary>
    Unreadable = 3,

    /// <summary>As <see cref="More"/>, but all bytes are zero and do not travel.</summary>
    Zeros = 4,

    /// <summary>As <see cref="Last"/>, but all bytes are zero and do not travel.</summary>
    LastZeros = 5,
}
