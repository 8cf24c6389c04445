namespace P2PNode.Core.Membership;

/// <summary>
/// Which texts of one origin were heard: the last 128 numbers, whatever order they come in. What is older was heard, or
/// is dropped as if it had been: an endless list of old texts must not keep going round (serf#402).
/// </summary>
internal struct RumourWindow
{
    public const int Size = 128;

    private long _life;
    private long _highest;
    private UInt128 _heard;

    /// <summary>Whether it was not heard before.</summary>
    public readonly bool IsNew(RumourId id)
    {
        if (id.Life != _life || id.Number > _highest)
            return id.Life >= _life && id.Number > 0;
        var behind = _highest - id.Number;
        return id.Number > 0 && behind < Size && (_heard >> (int)behind & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks it as heard; false where it was before.</summary>
    public bool TryTake(RumourId id)
    {
        if (!IsNew(id))
            return false;
        if (id.Life > _life)
            (_life, _highest, _heard) = (id.Life, 0, UInt128.Zero);
        if (id.Number > _highest)
        {
            var ahead = id.Number - _highest;
            _heard = ahead < Size ? _heard << (int)ahead : UInt128.Zero;
            _highest = id.Number;
        }

        _heard |= UInt128.One << (int)(_highest - id.Number);
        return true;
    }
}
