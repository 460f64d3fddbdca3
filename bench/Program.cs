using StepTool.Bench;

var names = args is [] or ["all"] ? BenchSuite.Names : args;
return await BenchSuite.RunAsync([.. names]);
