using System.Threading.Channels;
using P2PNode.Protocol;

namespace P2PNode.Node;

/// <summary>
/// The questions for files that came over one link. They take turns, so that a peer which asks much, or takes its answers
/// slowly, holds neither much memory nor up others who ask. Thread-safe.
/// </summary>
internal sealed class PeerQuestions
{
    /// <summary>Questions that may wait; one who asks more at once is not honest.</summary>
    private const int MostWaiting = 64;

    /// <summary>Answers that are found and sent at the same time; each may have all files of the network.</summary>
    private const int MostAnswers = 2;

    private readonly Channel<Turn> _turns = Channel.CreateUnbounded<Turn>();
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly Allowance _allowance;
    private int _waiting;

    public PeerQuestions(TimeProvider clock)
    {
        _clock = clock;
        _allowance = new Allowance(WireLimits.SearchesPerSecond, WireLimits.SearchesAtOnce, clock);
        for (var i = 0; i < MostAnswers; i++)
            new Turn(_turns).Dispose();
    }

    /// <summary>A question has come.</summary>
    /// <exception cref="PeerException">There are too many.</exception>
    public void Begin()
    {
        lock (_gate)
        {
            if (_waiting == MostWaiting)
                throw PeerException.Violation($"it asks more than {MostWaiting} questions at once");
            _waiting++;
        }
    }

    /// <summary>A question is answered, or not wanted any more.</summary>
    public void End()
    {
        lock (_gate)
            _waiting--;
    }

    /// <summary>Waits until the next question is to be answered; dispose of the turn when that is done.</summary>
    public async ValueTask<Turn> TurnAsync(CancellationToken stop)
    {
        TimeSpan pause;
        lock (_gate)
            pause = _allowance.Reserve();
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, _clock, stop);
        return await _turns.Reader.ReadAsync(stop);
    }

    internal sealed class Turn(Channel<Turn> turns) : IDisposable
    {
        public void Dispose() => turns.Writer.TryWrite(this);
    }
}
