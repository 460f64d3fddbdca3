using StepTool.Silo.Hosting;

return await SiloProgram.RunAsync(args, Console.Error);
