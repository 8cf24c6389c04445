using P2PNode.Cli;
using P2PNode.Security;

SystemTrust.Ignore();

var surroundings = Surroundings.OfThisProcess();
using var termination = new Termination(surroundings.Interrupts, surroundings.Clock);
try
{
    return await termination.BoundAsync(stop => CommandLine.RunAsync(args, surroundings, stop));
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    return 1; // Neither the answer nor a complaint can be told: what would take it is closed.
}
catch (Exception e)
{
    Console.Error.WriteLine(ProgramFault.Sentence(e));
    return 1;
}
