namespace StepTool.Core.Worlds.Catalogues;

/// <summary>A catalogue, or a source of one, cannot be used; the message names what is wrong, where, and the remedy.</summary>
public sealed class CatalogueException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CatalogueException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public CatalogueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
