using StepTool.Silo.Health;
using StepTool.Silo.Hosting;

if (args is [AliveProbe.Command, .. var options])
{
    return await AliveProbe.RunAsync(options, Console.Error);
}

using var interruption = new Interruption();
return await SiloProgram.RunAsync(args, Console.Out, Console.Error, interruption.Token);
