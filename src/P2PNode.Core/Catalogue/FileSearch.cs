using System.Text;
using EntryPages = P2PNode.Core.Catalogue.OrderedPages<P2PNode.Core.Catalogue.FileEntry, string, P2PNode.Core.Catalogue.ByPath>;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// Goes through entries for one question. What a path must contain is looked for in the text of a whole page at once;
/// an entry is looked at only where its path does not tell. For one thread.
/// </summary>
internal sealed class FileSearch(FileQuery query, FirstHits hits)
{
    private readonly PathPattern? _pattern = query.Pattern;

    /// <summary>What the path of every hit contains, folded; empty where nothing is known.</summary>
    private readonly byte[] _needle = PathText.Fold(query.Pattern?.Needle ?? "");

    /// <summary>Whether each path that contains the needle is meant.</summary>
    private readonly bool _needleSaysAll = query.Pattern is null or { IsPlain: true } && IsAsciiLine(query.Pattern?.Needle ?? "");

    private readonly bool _needsEntry = query.AsksForMoreThanPath || query.Pattern is { IgnoresCase: false };
    private readonly char[] _path = new char[FilePath.MaxBytes];

    /// <summary>Adds those that are meant of one owner's entries.</summary>
    public void Run(NodeId owner, EntryPages pages)
    {
        hits.BeginOwner();
        for (var i = 0; i < pages.PageCount; i++)
        {
            var page = query.Reverse ? pages.PageCount - 1 - i : i; // What comes first is met first where paths decide.
            hits.BeginPage();
            if (_needsEntry && _needle.Length == 0)
                Run(owner, pages.Page(page));
            else
                Run(owner, pages.Page(page), TextOf(pages, page).Bytes);
        }
    }

    /// <summary>Makes the texts that a search will need, lest the first one has to.</summary>
    public static void Prepare(EntryPages pages)
    {
        for (var page = 0; page < pages.PageCount; page++)
            TextOf(pages, page);
    }

    /// <summary>The text of a page, made when it is needed for the first time, and again after the page changed.</summary>
    private static PathText TextOf(EntryPages pages, int page)
    {
        ref var note = ref pages.Note(page);
        if (note is not PathText text)
            note = text = new PathText(pages.Page(page));
        return text;
    }

    private void Run(NodeId owner, ReadOnlySpan<FileEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (query.Matches(entry))
                hits.Add(new FileHit(owner, entry), path: default);
        }
    }

    private void Run(NodeId owner, ReadOnlySpan<FileEntry> entries, ReadOnlySpan<byte> text)
    {
        for (var index = 0; !text.IsEmpty && text.IndexOf(_needle) is >= 0 and var at; index++)
        {
            var before = text[..at];
            index += before.Count(PathText.End);
            text = text[(before.LastIndexOf(PathText.End) + 1)..];
            var path = text[..text.IndexOf(PathText.End)];
            if (IsMeant(entries[index], path))
                hits.Add(new FileHit(owner, entries[index]), path);
            text = text[(path.Length + 1)..];
        }
    }

    private bool IsMeant(FileEntry entry, ReadOnlySpan<byte> path)
    {
        if (path[0] == PathText.NoFile)
            return false;
        return _needsEntry ? query.Matches(entry) : _needleSaysAll || Matches(path);
    }

    /// <summary>The folded path differs from the real one in nothing that a pattern sees which ignores case.</summary>
    private bool Matches(ReadOnlySpan<byte> path)
    {
        if (_pattern!.IsGlob && Ascii.IsValid(path))
            return _pattern.MatchesAscii(path);
        var length = Encoding.UTF8.GetChars(path, _path);
        return _pattern.Matches(_path.AsSpan(0, length));
    }

    private static bool IsAsciiLine(string text) => Ascii.IsValid(text) && !text.Contains((char)PathText.End);
}
