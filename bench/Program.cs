using StepTool.Bench;

return await BenchSuite.RunAsync(args is [] or ["all"] ? BenchSuite.Names : [.. args]);
