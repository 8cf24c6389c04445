using P2PNode.Bench;

return await BenchCommand.Create().Parse(args).InvokeAsync();
