using System.CommandLine;
using P2PNode.Bench;

// Processes are ended and folders cleared before the program ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await BenchCommand.Create().Parse(args).InvokeAsync(invocation);
