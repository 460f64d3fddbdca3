namespace StepTool.Embedded.Gateway;

/// <summary>Names that both sides of the gateway know.</summary>
internal static class WireNames
{
    internal const string KeyHeader = "X-Api-Key";
    internal const string Json = "application/json";

    /// <summary>A stream: one JSON value a line, an object that has one of the members below.</summary>
    internal const string Stream = "application/x-ndjson";
    internal const string Item = "item";
    internal const string Fault = "fault";
    internal const string End = "end";
}
