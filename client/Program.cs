using StepTool.Client.CommandLine;

using var interruption = new Interruption();
return await SteptoolRoot.RunAsync(args, Terminal.OfProcess(), interruption.Token);
