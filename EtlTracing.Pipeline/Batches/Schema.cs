namespace EtlTracing.Pipeline.Batches;

/// <summary>What a column's values are. In a batch's frame: UTF-8 Arrow strings, doubles, 64-bit and 32-bit integers, dates.</summary>
public enum ColumnType
{
    Text,
    Number,
    Integer,
    SmallInteger,
    Date,
}

/// <summary>A column as it is at some point of a recipe.</summary>
public sealed record Column(string Name, ColumnType Type, bool Nullable = true)
{
    /// <summary>Its name when it first appeared. Renaming keeps it, so that a need can be traced back to the source.</summary>
    public string Origin { get; init; } = Name;
}

/// <summary>The columns at some point of a recipe, in order.</summary>
public sealed class Schema(IEnumerable<Column> columns)
{
    public IReadOnlyList<Column> Columns { get; } = [.. columns];

    public Column this[string name] => Find(name)
        ?? throw new ArgumentException($"no column '{name}' here; there are: {string.Join(", ", Columns.Select(column => column.Name))}", nameof(name));

    public Column? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>The same columns with one of them changed in its place.</summary>
    public Schema With(string name, Func<Column, Column> change)
    {
        var changed = this[name];
        return new Schema(Columns.Select(column => column == changed ? change(column) : column));
    }

    public Schema Without(params IEnumerable<string> names)
    {
        var gone = names.Select(name => this[name].Name).ToHashSet();
        return new Schema(Columns.Where(column => !gone.Contains(column.Name)));
    }

    public Schema Plus(params IEnumerable<Column> added) => new(Columns.Concat(added));
}
