using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace P2PNode.Core;

/// <summary>
/// The name of a file or folder on the network: relative to its owner's folder, '/' between the parts, NFC. An instance
/// is proof that the name is harmless on every platform; what is not, is refused and never cleaned (design 5, Names).
/// Ordered and compared by ordinal.
/// </summary>
public sealed class FilePath : IComparable<FilePath>, IEquatable<FilePath>
{
    /// <summary>The longest path in UTF-8 bytes.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The longest part of a path in UTF-8 bytes; what Linux file systems allow.</summary>
    public const int MaxPartBytes = 255;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(ForbiddenCharacters());

    /// <summary>Names that the program keeps for itself at the top of a node's folder (design 2.1).</summary>
    private static readonly string[] Reserved = ["peers", "shared", "peer_files.log", ".p2pnode"];

    private FilePath(string value) => Value = value;

    public string Value { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>Accepts a name that may travel; otherwise says why not, in words that complete "…: ".</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out FilePath? path,
        [NotNullWhen(false)] out string? reason)
    {
        reason = Fault(text);
        path = reason is null ? new FilePath(text) : null;
        return reason is null;
    }

    /// <summary>Reads a name that this program validated before, or that a test wrote.</summary>
    /// <exception cref="FormatException">The name may not travel; the message says why.</exception>
    public static FilePath Parse(string text) =>
        TryParse(text, out var path, out var reason) ? path : throw new FormatException($"'{text}': {reason}.");

    public int CompareTo(FilePath? other) => string.CompareOrdinal(Value, other?.Value);

    public bool Equals(FilePath? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as FilePath);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Value;

    private static string? Fault(string text)
    {
        if (text.Length is 0 or > MaxBytes)
            return text.Length == 0 ? "the name is empty" : $"the path is longer than {MaxBytes} bytes";
        if (text.AsSpan().ContainsAny(Forbidden))
            return "it contains a control character, a backslash, a colon or another character that some systems forbid";
        if (!IsWellFormed(text))
            return "it is not valid Unicode";
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return $"the path is longer than {MaxBytes} bytes";
        if (!System.Text.Ascii.IsValid(text) && !text.IsNormalized(NormalizationForm.FormC))
            return "it is not in Unicode normal form C";

        var top = true;
        foreach (var range in text.AsSpan().Split('/'))
        {
            if (PartFault(text.AsSpan()[range], top) is { } fault)
                return fault;
            top = false;
        }

        return null;
    }

    private static string? PartFault(ReadOnlySpan<char> part, bool top)
    {
        if (part.Length == 0)
            return "it is absolute or has an empty part";
        if (part is "." or "..")
            return "it has a part '.' or '..'";
        if (part[^1] is '.' or ' ')
            return "a part ends with a dot or a space";
        if (Encoding.UTF8.GetByteCount(part) > MaxPartBytes)
            return $"a part is longer than {MaxPartBytes} bytes";
        if (IsWindowsDevice(part))
            return "a part is a device name of Windows";

        // Compared without regard to case: where file systems fold case, 'Peers' is 'peers'.
        foreach (var reserved in Reserved)
        {
            if (top && part.Equals(reserved, StringComparison.OrdinalIgnoreCase))
                return "its first part is a name that the program keeps for itself";
        }

        return null;
    }

    /// <summary>CON, PRN, AUX, NUL, COM0-9, LPT0-9 and their superscript twins, whatever the extension.</summary>
    private static bool IsWindowsDevice(ReadOnlySpan<char> part)
    {
        var dot = part.IndexOf('.');
        var stem = (dot < 0 ? part : part[..dot]).TrimEnd(' ');
        if (stem.Length == 3)
        {
            return stem.Equals("con", StringComparison.OrdinalIgnoreCase)
                || stem.Equals("prn", StringComparison.OrdinalIgnoreCase)
                || stem.Equals("aux", StringComparison.OrdinalIgnoreCase)
                || stem.Equals("nul", StringComparison.OrdinalIgnoreCase);
        }

        return stem.Length == 4
            && (stem[3] is (>= '0' and <= '9') or '¹' or '²' or '³')
            && (stem.StartsWith("com", StringComparison.OrdinalIgnoreCase)
                || stem.StartsWith("lpt", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether every surrogate is one of a pair.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static string ForbiddenCharacters()
    {
        var controls = Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Select(c => (char)c);
        return new string([.. controls, '\\', ':']);
    }
}
