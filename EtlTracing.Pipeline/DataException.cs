namespace EtlTracing.Pipeline;

/// <summary>The data is wrong, so that trying again cannot help.</summary>
public abstract class DataException(string message) : Exception(message)
{
    /// <summary>The workflow's name for it.</summary>
    public abstract string ErrorName { get; }
}

/// <summary>The columns are not the ones that the recipe needs. The message holds the whole difference.</summary>
public sealed class SchemaMismatchException(string message) : DataException(message)
{
    public override string ErrorName => "SchemaMismatch";
}

/// <summary>The input cannot be read as a whole: not UTF-8, cut off, of no known format.</summary>
public sealed class InvalidInputException(string message) : DataException(message)
{
    public override string ErrorName => "InvalidInput";
}

/// <summary>More rows were rejected than the run may survive.</summary>
public sealed class TooManyRejectsException(string message) : DataException(message)
{
    public override string ErrorName => "TooManyRejects";
}
