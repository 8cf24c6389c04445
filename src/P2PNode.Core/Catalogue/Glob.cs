using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// A glob as a nondeterministic automaton, run bit-parallel (Shift-And of Baeza-Yates and Gonnet, with loops): bit i of
/// the states says that the first i tokens match what was read. Each character costs the same few operations: there is
/// no backtracking. Literal characters at both ends are compared without it. Immutable.
/// </summary>
internal sealed class Glob
{
    /// <summary>The most tokens from the first wildcard to the last: one word has a bit for each and one for the end.</summary>
    public const int MaxTokens = 63;

    private readonly string _prefix;
    private readonly string _suffix;

    /// <summary>For each ASCII character the states from which it leads one on.</summary>
    private readonly ulong[] _asciiSteps = new ulong[128];

    /// <summary>The same for the other characters that the glob names, folded, and for all that it does not.</summary>
    private readonly Dictionary<Rune, ulong> _runeSteps = [];
    private readonly ulong _otherSteps;

    /// <summary>The states that a character within a part leaves as they are, and those that a '/' does.</summary>
    private readonly ulong _stays;
    private readonly ulong _staysAtSlash;

    /// <summary>The states before '*' and '**', which imply the next: both may stand for nothing.</summary>
    private readonly ulong _stars;

    /// <summary>The states before '**/', which imply the next when they are reached, but later only behind a '/'.</summary>
    private readonly ulong _folders;

    /// <summary>The state behind all tokens; and again, if the last is a '**', which takes whatever follows.</summary>
    private readonly ulong _end;
    private readonly ulong _endForGood;

    /// <summary>Whether there is one '*' and no other wildcard, which is what people type most.</summary>
    private readonly bool _isStarAlone;

    private Glob(string prefix, ReadOnlySpan<GlobToken> tokens, string suffix)
    {
        (_prefix, _suffix) = (prefix, suffix);
        for (var i = 0; i < tokens.Length; i++)
        {
            var bit = 1UL << i;
            switch (tokens[i].Kind)
            {
                case GlobTokenKind.Literal:
                    AddLiteral(tokens[i].Literal, bit);
                    break;
                case GlobTokenKind.AnyCharacter:
                    _otherSteps |= bit;
                    break;
                case GlobTokenKind.Star:
                    (_stars, _stays) = (_stars | bit, _stays | bit);
                    break;
                case GlobTokenKind.DoubleStar:
                    (_stars, _stays, _staysAtSlash) = (_stars | bit, _stays | bit, _staysAtSlash | bit);
                    break;
                case GlobTokenKind.Folders:
                    (_folders, _stays, _staysAtSlash) = (_folders | bit, _stays | bit, _staysAtSlash | bit);
                    break;
            }
        }

        _isStarAlone = tokens is [{ Kind: GlobTokenKind.Star }];
        AddAnyCharacter();
        _asciiSteps['/'] |= _folders;
        _end = 1UL << tokens.Length;
        _endForGood = tokens[^1].Kind == GlobTokenKind.DoubleStar ? _end : 0;
    }

    /// <summary>Reads a text with at least one wildcard; null if it has more than <see cref="MaxTokens"/>.</summary>
    public static Glob? Create(string text)
    {
        var tokens = GlobToken.Read(text);
        var first = tokens.FindIndex(token => token.Kind != GlobTokenKind.Literal);
        var behind = tokens.FindLastIndex(token => token.Kind != GlobTokenKind.Literal) + 1;
        var all = tokens.ToArray();
        return behind - first > MaxTokens
            ? null
            : new Glob(GlobToken.Text(all.AsSpan(..first)), all.AsSpan(first..behind), GlobToken.Text(all.AsSpan(behind..)));
    }

    /// <summary>Whether the glob describes the whole text.</summary>
    public bool Matches(ReadOnlySpan<char> text)
    {
        if (text.Length < _prefix.Length + _suffix.Length
            || !text.StartsWith(_prefix, StringComparison.OrdinalIgnoreCase)
            || !text.EndsWith(_suffix, StringComparison.OrdinalIgnoreCase))
            return false;

        var states = Imply(reached: 1, kept: 0);
        foreach (var rune in text[_prefix.Length..^_suffix.Length].EnumerateRunes())
        {
            var steps = rune.IsAscii ? _asciiSteps[rune.Value] : StepsOf(rune);
            states = Next(states, steps, isSlash: rune.Value == '/');
            if (IsDecided(states))
                break;
        }

        return (states & _end) != 0;
    }

    /// <summary>The same for a text of ASCII characters, at a third of the cost.</summary>
    public bool MatchesAscii(ReadOnlySpan<byte> text)
    {
        if (text.Length < _prefix.Length + _suffix.Length
            || !Ascii.EqualsIgnoreCase(text[.._prefix.Length], _prefix)
            || !Ascii.EqualsIgnoreCase(text[^_suffix.Length..], _suffix))
            return false;

        text = text[_prefix.Length..^_suffix.Length];
        if (_isStarAlone)
            return !text.Contains((byte)'/');
        var states = Imply(reached: 1, kept: 0);
        foreach (var c in text)
        {
            states = Next(states, _asciiSteps[c], isSlash: c == '/');
            if (IsDecided(states))
                break;
        }

        return (states & _end) != 0;
    }

    private ulong Next(ulong states, ulong steps, bool isSlash) =>
        Imply((states & steps) << 1, states & (isSlash ? _staysAtSlash : _stays));

    private bool IsDecided(ulong states) => states == 0 || (states & _endForGood) != 0;

    /// <summary>Adds what holds without reading on. '*' and '**' come last, for they may follow '**/'.</summary>
    private ulong Imply(ulong reached, ulong kept)
    {
        var states = reached | kept | ((reached & _folders) << 1);
        return states | ((states & _stars) << 1);
    }

    private ulong StepsOf(Rune rune) => _runeSteps.GetValueOrDefault(Fold(rune), _otherSteps);

    /// <summary>Upper case as ordinal comparison sees it: no other letter is an ASCII one, as 'ſ' would be an 'S'.</summary>
    private static Rune Fold(Rune rune) =>
        Rune.ToUpperInvariant(rune) is var upper && upper.IsAscii ? rune : upper;

    private void AddLiteral(Rune literal, ulong bit)
    {
        if (literal.IsAscii)
        {
            _asciiSteps[Rune.ToUpperInvariant(literal).Value] |= bit;
            _asciiSteps[Rune.ToLowerInvariant(literal).Value] |= bit;
        }
        else
        {
            _runeSteps[Fold(literal)] = _runeSteps.GetValueOrDefault(Fold(literal)) | bit;
        }
    }

    /// <summary>Lets every character but '/' step over '?'.</summary>
    private void AddAnyCharacter()
    {
        for (var c = 0; c < _asciiSteps.Length; c++)
            _asciiSteps[c] |= c == '/' ? 0 : _otherSteps;
        foreach (var rune in _runeSteps.Keys.ToArray())
            _runeSteps[rune] |= _otherSteps;
    }
}
