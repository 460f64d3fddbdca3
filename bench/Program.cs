using System.Runtime.InteropServices;
using StepTool.Bench;

// Hosts within this process would take the signals for themselves; silos end with this process, servers by what they registered for its exit.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Environment.Exit(130));
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(143));
return await BenchSuite.RunAsync(args);
