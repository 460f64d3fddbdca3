using StepTool.Client.CommandLine;
using StepTool.Silo.Hosting;

using var interruption = new Interruption();
return await SteptoolRoot.RunAsync(args, Terminal.OfProcess(), interruption.Token);
