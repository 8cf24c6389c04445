using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>Questions for files.</summary>
internal sealed class FilesQueryTarget() : WireTarget<Wire.FilesQuery>(FrameType.FilesQuery, Wire.FilesQuery.Parser)
{
    private readonly NetworkCatalogue _catalogue = SmallCatalogue.Make();

    protected override void Take(Wire.FilesQuery message)
    {
        foreach (var row in _catalogue.Find(FilesMapping.FromWire(message)).Rows)
            FilesMapping.ToWire(row);
    }
}

/// <summary>Answers to a question for all files.</summary>
internal sealed class FilesAnswerTarget() : WireTarget<Wire.FilesAnswer>(FrameType.FilesAnswer, Wire.FilesAnswer.Parser)
{
    protected override void Take(Wire.FilesAnswer message) => new FilesQuestion(FileQuery.All).Take(message);
}
