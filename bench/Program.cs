using StepTool.Bench;

return await BenchSuite.RunAsync(args);
