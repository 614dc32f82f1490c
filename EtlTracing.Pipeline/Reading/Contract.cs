using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>A column that a recipe needs from its input.</summary>
/// <param name="Name">In lower case with underscores; the input may write it in any case, with spaces.</param>
/// <param name="Type">What its values must be.</param>
/// <param name="Nullable">Whether a row may lack it.</param>
/// <param name="Used">Unused columns may be there or not; they are never looked at.</param>
public sealed record ContractColumn(string Name, ColumnType Type, bool Nullable = true, bool Used = true);

/// <summary>The columns that a recipe needs, declared once. What an input has besides is a difference, and so is what it lacks.</summary>
public sealed class Contract(params IEnumerable<ContractColumn> columns)
{
    public IReadOnlyList<ContractColumn> Columns { get; } = [.. columns];

    public static Contract Of(params IEnumerable<ContractColumn> columns) => new(columns);

    public static ContractColumn Text(string name) => new(name, ColumnType.Text);

    public static ContractColumn Number(string name) => new(name, ColumnType.Number);

    public static ContractColumn Integer(string name) => new(name, ColumnType.Integer);

    public static ContractColumn SmallInteger(string name) => new(name, ColumnType.SmallInteger);

    public static ContractColumn Date(string name) => new(name, ColumnType.Date);

    public static ContractColumn Unused(string name) => new(name, ColumnType.Text, Used: false);

    /// <summary>How names are compared and how the recipe's steps see them.</summary>
    public static string Standardize(string name) => name.ToLowerInvariant().Replace(' ', '_');
}
