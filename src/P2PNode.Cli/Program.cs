using System.Runtime.InteropServices;
using P2PNode.Cli;
using P2PNode.Security;

SystemTrust.Ignore();

// What follows a terminal that is closed: a node ends as cleanly as after Ctrl-C.
using var stop = new CancellationTokenSource();
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
try
{
    return await CommandLine.RunAsync(args, Surroundings.OfThisProcess(), stop.Token);
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
