namespace Orleans.Runtime;

/// <summary>What the engine itself reports: storage that failed, a silo that is not there.</summary>
public class OrleansException : Exception
{
    /// <summary>Without words.</summary>
    public OrleansException() : base("Unexpected error.")
    {
    }

    /// <summary>With a message.</summary>
    public OrleansException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public OrleansException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>A call was refused before the grain saw it.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>The silo is not there, or is stopping.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>With a message.</summary>
    public SiloUnavailableException(string msg) : base(msg, null)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public SiloUnavailableException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>A stream of results ended because the activation that made them went away.</summary>
public sealed class EnumerationAbortedException : Exception
{
    /// <summary>Without words.</summary>
    public EnumerationAbortedException()
    {
    }

    /// <summary>With a message.</summary>
    public EnumerationAbortedException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public EnumerationAbortedException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
