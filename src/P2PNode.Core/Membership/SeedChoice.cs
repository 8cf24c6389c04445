namespace P2PNode.Core.Membership;

/// <summary>
/// Which seeds a node is registered with: ⌊n/2⌋+1 of n, chosen at random, so that any two nodes share one. One that fails
/// is left for another, and tried again after a pause that grows from 1 s to 30 s, with full jitter. A pure structure, to
/// which time and chance are told. Not safe for concurrent use.
/// </summary>
/// <param name="seeds">How many there are; they are told apart by numbers from 0.</param>
public sealed class SeedChoice(int seeds)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Place[] _places = [.. Enumerable.Range(0, seeds).Select(_ => new Place())];

    /// <summary>With how many to be registered at once.</summary>
    public int Wanted => seeds == 0 ? 0 : (seeds / 2) + 1;

    /// <summary>How many were taken and not given back.</summary>
    public int Taken => _places.Count(place => place.IsTaken);

    /// <summary>
    /// Takes one of those whose pause is over, each with the same chance; null where enough are taken, or all others pause.
    /// </summary>
    public int? Take(Moment moment)
    {
        if (Taken >= Wanted)
            return null;
        var due = Enumerable.Range(0, seeds).Where(seed => !_places[seed].IsTaken && _places[seed].DueAt <= moment.Now).ToList();
        if (due.Count == 0)
            return null;
        var seed = due[Math.Min((int)(moment.Luck * due.Count), due.Count - 1)];
        _places[seed].IsTaken = true;
        return seed;
    }

    /// <summary>How long until one more can be taken; null where that takes one to be given back.</summary>
    public TimeSpan? Pause(TimeSpan now)
    {
        var free = _places.Where(place => !place.IsTaken).ToList();
        return Taken >= Wanted || free.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, (free.Min(place => place.DueAt) - now).Ticks));
    }

    /// <summary>The node is registered with a seed: the next failure is the first one again.</summary>
    public void Registered(int seed) => _places[seed].Failures = 0;

    /// <summary>A seed that was taken could not be reached, refused, or was lost.</summary>
    public void GiveBack(int seed, Moment moment)
    {
        var place = _places[seed];
        var bound = Math.Min(ShortestPause.TotalSeconds * Math.Pow(2, Math.Min(place.Failures, 10)), LongestPause.TotalSeconds);
        (place.IsTaken, place.Failures) = (false, place.Failures + 1);
        place.DueAt = moment.Now + TimeSpan.FromSeconds(bound * moment.Luck);
    }

    private sealed class Place
    {
        public bool IsTaken { get; set; }

        public int Failures { get; set; }

        public TimeSpan DueAt { get; set; }
    }
}
