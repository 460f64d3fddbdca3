using StepTool.Silo.Health;
using StepTool.Silo.Hosting;

return args is [AliveProbe.Command, .. var options]
    ? await AliveProbe.RunAsync(options, Console.Error)
    : await SiloProgram.RunAsync(args, Console.Error);
