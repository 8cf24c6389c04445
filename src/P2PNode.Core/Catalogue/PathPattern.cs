using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>How a text stands for paths.</summary>
public enum PathMatch
{
    /// <summary>As a part of a path or a glob, in any case.</summary>
    Pattern = 0,

    /// <summary>As exactly this path or, without a '/', as exactly this name in any folder.</summary>
    PathOrName = 1,

    /// <summary>As a folder, with a '/' at its end: all that lies below it.</summary>
    Folder = 2,
}

/// <summary>
/// What a person types to find files. Without wildcards it is any part of a path; with '*', '?' or '**' it is a glob: '*'
/// stands for any characters within a part, '?' for one of them, '**' for any characters across parts, and '**/' for any
/// folders or none. A glob with a '/' or a '**' describes the whole path, any other one the name alone. 'NODE2/' in front
/// finds the files of node 2 only. Case does not matter. Immutable; safe for concurrent use.
/// </summary>
public sealed class PathPattern
{
    /// <summary>The longest pattern in characters: the longest path, with its owner in front.</summary>
    public const int MaxLength = FilePath.MaxBytes + 16;

    /// <summary>The most characters from the first wildcard to the last.</summary>
    public const int MaxGlobLength = Glob.MaxTokens;

    private const string OwnerPrefix = "NODE";

    private readonly NodeId? _owner;
    private readonly string _text;
    private readonly Glob? _glob;
    private readonly bool _nameOnly;

    private PathPattern(NodeId? owner, string text, PathMatch match, Glob? glob)
    {
        (_owner, _text, Match, _glob) = (owner, text, match, glob);
        _nameOnly = IsOfOnePart(glob is null ? text : NameGlob(text));
    }

    public PathMatch Match { get; }

    /// <summary>The owner whose files alone are meant; null for any.</summary>
    public NodeId? Owner => _owner;

    /// <summary>What was typed, in normal form C: parsed as the same <see cref="Match"/> it is the same pattern.</summary>
    public string Text => _owner is { } owner ? $"{OwnerPrefix}{owner}/{_text}" : _text;

    /// <inheritdoc cref="TryParse(string, PathMatch, out PathPattern?, out string?)"/>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out PathPattern? pattern,
        [NotNullWhen(false)] out string? reason) =>
        TryParse(text, PathMatch.Pattern, out pattern, out reason);

    /// <summary>Reads what was typed, in any normal form; otherwise says why not, in words that complete "…: ".</summary>
    public static bool TryParse(
        string text,
        PathMatch match,
        [NotNullWhen(true)] out PathPattern? pattern,
        [NotNullWhen(false)] out string? reason)
    {
        pattern = null;
        reason = text.Length > MaxLength ? $"it is longer than {MaxLength} characters"
            : !FilePath.IsWellFormed(text) ? "it is not valid Unicode"
            : null;
        if (reason is not null)
            return false;

        var (owner, path) = SplitOwner(text.Normalize(NormalizationForm.FormC));
        var isGlob = match is PathMatch.Pattern && path.AsSpan().ContainsAny('*', '?');
        var glob = isGlob && Glob.Create(path) is not null ? Glob.Create(NameGlob(path)) : null;
        if (isGlob && glob is null)
            reason = $"it has more than {MaxGlobLength} characters from its first wildcard to its last";
        else if (match is PathMatch.Folder && path.Length > 0 && path[^1] != '/')
            reason = "a folder ends with '/'";
        else if (match is not PathMatch.Pattern && path.Length == 0 && (match is PathMatch.PathOrName || owner is null))
            reason = "it is empty";
        else
            pattern = new PathPattern(owner, path, match, glob);
        return pattern is not null;
    }

    /// <summary>Whether each path is meant that contains the <see cref="Needle"/>, in any case.</summary>
    internal bool IsPlain => Match is PathMatch.Pattern && _glob is null;

    internal bool IsGlob => _glob is not null;

    internal bool IgnoresCase => Match is PathMatch.Pattern;

    /// <summary>A text that every path contains that is meant, in the same case or another.</summary>
    internal string Needle => _glob is null ? _text : LongestLiteral(_text);

    /// <summary>Whether files of this owner are meant at all.</summary>
    public bool Covers(NodeId owner) => _owner is null || _owner == owner;

    /// <summary>Whether the path, of an owner that is covered, is meant. Linear in the path; allocates nothing.</summary>
    public bool Matches(FilePath path) => Matches(path.Value.AsSpan());

    /// <summary>Whether a path of ASCII characters matches the glob that this pattern is.</summary>
    internal bool MatchesAscii(ReadOnlySpan<byte> path) =>
        _glob!.MatchesAscii(_nameOnly ? path[(path.LastIndexOf((byte)'/') + 1)..] : path);

    internal bool Matches(ReadOnlySpan<char> value)
    {
        var part = _nameOnly ? value[(value.LastIndexOf('/') + 1)..] : value;
        return Match switch
        {
            PathMatch.PathOrName => part.SequenceEqual(_text),
            PathMatch.Folder => value.StartsWith(_text, StringComparison.Ordinal),
            _ => _glob?.Matches(part) ?? value.Contains(_text, StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>What a name in any folder must be, where a glob says just that: '**/' and a glob for one part. Else the glob.</summary>
    private static string NameGlob(string glob)
    {
        const string anyFolder = "**/";
        var name = glob.StartsWith(anyFolder, StringComparison.Ordinal) ? glob[anyFolder.Length..] : "";
        return name.AsSpan().ContainsAny('*', '?') && IsOfOnePart(name) ? name : glob;
    }

    private static bool IsOfOnePart(string text) => !text.Contains('/') && !text.Contains("**", StringComparison.Ordinal);

    private static string LongestLiteral(string glob)
    {
        var (longest, text) = ("", new StringBuilder());
        foreach (var token in GlobToken.Read(glob))
        {
            if (token.Kind is GlobTokenKind.Literal)
                text.Append(token.Literal.ToString());
            else
                text.Clear();
            if (text.Length > longest.Length)
                longest = text.ToString();
        }

        return longest;
    }

    private static (NodeId? Owner, string Path) SplitOwner(string text)
    {
        var slash = text.IndexOf('/');
        return slash > OwnerPrefix.Length
            && text.StartsWith(OwnerPrefix, StringComparison.OrdinalIgnoreCase)
            && NodeId.TryParse(text[OwnerPrefix.Length..slash], out var owner)
            ? (owner, text[(slash + 1)..])
            : (null, text);
    }
}
