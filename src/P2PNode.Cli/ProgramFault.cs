namespace P2PNode.Cli;

/// <summary>A defect of the program, as a person is told of it.</summary>
internal static class ProgramFault
{
    public static string Sentence(Exception fault) =>
        $"The program failed ({fault.GetType().Name}): {fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}.";
}
