using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// A glob as a nondeterministic automaton, run bit-parallel (Shift-And of Baeza-Yates and Gonnet, with loops): bit i of
/// the state says that the first i tokens match what was read. The time is the length of the text times the pattern's in
/// words of 64 tokens, whatever the two are: there is no backtracking. Immutable.
/// </summary>
internal sealed class Glob
{
    private const int Ascii = 128;

    private readonly int _tokens;
    private readonly int _words;

    /// <summary>What every text that matches ends with; spares most texts the automaton.</summary>
    private readonly string _suffix;

    /// <summary>The states from which an ASCII character leads one on, a row of words for each.</summary>
    private readonly ulong[] _asciiSteps;

    /// <summary>The same for the other characters that the pattern names, in upper case, and for those it does not.</summary>
    private readonly Dictionary<Rune, ulong[]> _runeSteps = [];
    private readonly ulong[] _otherSteps;

    /// <summary>The states that a character within a part leaves as they are, and those that a '/' does.</summary>
    private readonly ulong[] _stays;
    private readonly ulong[] _staysAtSlash;

    /// <summary>The states before '*' and '**', which imply the next: both may stand for nothing.</summary>
    private readonly ulong[] _stars;

    /// <summary>The states before '**/', which imply the next when they are reached, but later only behind a '/'.</summary>
    private readonly ulong[] _folders;

    public Glob(string pattern)
    {
        var tokens = GlobToken.Read(pattern);
        _tokens = tokens.Count;
        _words = (_tokens / 64) + 1;
        _suffix = GlobToken.LiteralEnd(tokens);
        _asciiSteps = new ulong[Ascii * _words];
        _otherSteps = new ulong[_words];
        _stays = new ulong[_words];
        _staysAtSlash = new ulong[_words];
        _stars = new ulong[_words];
        _folders = new ulong[_words];
        foreach (var token in tokens.Where(token => token.Kind == GlobTokenKind.Literal && !token.Literal.IsAscii))
            _runeSteps[token.Literal] = new ulong[_words];
        for (var i = 0; i < _tokens; i++)
            Add(tokens[i], i / 64, 1UL << (i % 64));
    }

    /// <summary>Whether the glob describes the whole text.</summary>
    public bool Matches(ReadOnlySpan<char> text)
    {
        if (!text.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase))
            return false;

        Span<ulong> states = stackalloc ulong[_words];
        states.Clear();
        Step(states, _otherSteps, _stays, entering: 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Step(states, StepsOf(rune), rune.Value == '/' ? _staysAtSlash : _stays, entering: 0))
                return false;
        }

        return (states[_tokens / 64] >> (_tokens % 64) & 1) != 0;
    }

    /// <summary>Reads one character; false if no state is left. The state before all tokens is entered once, at first.</summary>
    private bool Step(Span<ulong> states, ReadOnlySpan<ulong> steps, ReadOnlySpan<ulong> stays, ulong entering)
    {
        var (any, reachedCarry, folderCarry, starCarry) = (0UL, entering, 0UL, 0UL);
        for (var word = 0; word < states.Length; word++)
        {
            var stepping = states[word] & steps[word];
            var reached = (stepping << 1) | reachedCarry;
            var folders = reached & _folders[word];
            var next = reached | (folders << 1) | folderCarry | (states[word] & stays[word]);

            // '*' and '**' come last, for they may follow a '**/'; neither follows itself, so once is enough.
            var stars = next & _stars[word];
            next |= (stars << 1) | starCarry;

            (reachedCarry, folderCarry, starCarry) = (stepping >> 63, folders >> 63, stars >> 63);
            states[word] = next;
            any |= next;
        }

        return any != 0;
    }

    private ReadOnlySpan<ulong> StepsOf(Rune rune)
    {
        if (!rune.IsAscii)
            return _runeSteps.GetValueOrDefault(Rune.ToUpperInvariant(rune), _otherSteps);
        return _asciiSteps.AsSpan(rune.Value * _words, _words);
    }

    private void Add(GlobToken token, int word, ulong bit)
    {
        switch (token.Kind)
        {
            case GlobTokenKind.Literal when token.Literal.IsAscii:
                _asciiSteps[((int)char.ToUpperInvariant((char)token.Literal.Value) * _words) + word] |= bit;
                _asciiSteps[((int)char.ToLowerInvariant((char)token.Literal.Value) * _words) + word] |= bit;
                break;
            case GlobTokenKind.Literal:
                _runeSteps[token.Literal][word] |= bit;
                break;
            case GlobTokenKind.AnyCharacter:
                AddToAllButSlash(word, bit);
                break;
            case GlobTokenKind.Star:
                _stars[word] |= bit;
                _stays[word] |= bit;
                break;
            case GlobTokenKind.DoubleStar:
                _stars[word] |= bit;
                _stays[word] |= bit;
                _staysAtSlash[word] |= bit;
                break;
            case GlobTokenKind.Folders:
                _folders[word] |= bit;
                _stays[word] |= bit;
                _staysAtSlash[word] |= bit;
                _asciiSteps[('/' * _words) + word] |= bit;
                break;
        }
    }

    private void AddToAllButSlash(int word, ulong bit)
    {
        for (var c = 0; c < Ascii; c++)
            _asciiSteps[(c * _words) + word] |= c == '/' ? 0 : bit;
        _otherSteps[word] |= bit;
        foreach (var steps in _runeSteps.Values)
            steps[word] |= bit;
    }
}
