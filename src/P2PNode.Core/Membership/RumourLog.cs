using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <summary>Which texts were heard, and those of late whole, for a neighbour that missed them. Bounded, whoever talks.</summary>
internal sealed class RumourLog(NodeId self, long life, OverlayOptions options)
{
    /// <summary>Characters of all texts that are kept.</summary>
    private const int MostKeptLength = 4 * 1024 * 1024;

    private readonly Dictionary<NodeId, RumourWindow> _windows = [];
    private readonly Dictionary<NodeId, (double Left, TimeSpan At)> _allowances = [];

    /// <summary>In the order of their coming.</summary>
    private readonly Queue<RumourId> _order = new();
    private readonly Dictionary<RumourId, (string Text, TimeSpan SaidAt)> _kept = [];
    private int _keptLength;
    private long _number;

    /// <summary>This node's user says something; null where that is more than others would forward.</summary>
    public Rumour? Say(string text, TimeSpan now)
    {
        if (!MayTalk(self, now, options.BetweenTexts, options.TextsAtOnce))
            return null;
        var rumour = new Rumour(new RumourId(self, life, ++_number), TimeSpan.Zero, text);
        MarkHeard(rumour.Id);
        Keep(rumour, now);
        return rumour;
    }

    /// <summary>Takes a text in; false where it was heard before, is too old, or its origin says too much.</summary>
    public bool TryTake(Rumour rumour, TimeSpan now)
    {
        var id = rumour.Id;
        if (rumour.Age > options.Keep || id.Origin == self || !IsNew(id))
            return false;
        if (!MayTalk(id.Origin, now, options.BetweenTexts / 2, 2 * options.TextsAtOnce))
            return false;
        MarkHeard(id);
        Keep(rumour, now);
        return true;
    }

    /// <summary>The texts of late, newest last.</summary>
    public ImmutableArray<RumourId> Known(TimeSpan now)
    {
        Forget(now);
        return [.. _order];
    }

    /// <summary>Those of a neighbour's texts that this node has not heard.</summary>
    public ImmutableArray<RumourId> Missed(ImmutableArray<RumourId> known) =>
        [.. known.Where(id => id.Origin != self && IsNew(id))];

    public Rumour? Find(RumourId id, TimeSpan now) => _kept.TryGetValue(id, out var kept)
        ? new Rumour(id, now - kept.SaidAt, kept.Text)
        : null;

    /// <summary>An origin is gone. Its texts that are still kept stay known for as long.</summary>
    public void Forget(NodeId origin)
    {
        _windows.Remove(origin);
        _allowances.Remove(origin);
    }

    private bool IsNew(RumourId id) =>
        !_kept.ContainsKey(id) && (_windows.TryGetValue(id.Origin, out var window) ? window.IsNew(id) : _windows.Count < NodeId.MostInNetwork);

    private void MarkHeard(RumourId id)
    {
        var window = _windows.GetValueOrDefault(id.Origin);
        window.TryTake(id);
        _windows[id.Origin] = window;
    }

    private bool MayTalk(NodeId origin, TimeSpan now, TimeSpan between, int atOnce)
    {
        var (left, at) = _allowances.GetValueOrDefault(origin, (atOnce, now));
        left = Math.Min(atOnce, left + (now - at) / between);
        var may = left >= 1;
        _allowances[origin] = (may ? left - 1 : left, now);
        return may;
    }

    private void Keep(Rumour rumour, TimeSpan now)
    {
        _order.Enqueue(rumour.Id);
        _kept[rumour.Id] = (rumour.Text, now - rumour.Age);
        _keptLength += rumour.Text.Length;
        Forget(now);
    }

    private void Forget(TimeSpan now)
    {
        while (_order.TryPeek(out var oldest)
            && (_order.Count > OverlayOptions.MostTextsKept || _keptLength > MostKeptLength || now - _kept[oldest].SaidAt > options.Keep))
        {
            _order.Dequeue();
            _kept.Remove(oldest, out var gone);
            _keptLength -= gone.Text.Length;
        }
    }
}
