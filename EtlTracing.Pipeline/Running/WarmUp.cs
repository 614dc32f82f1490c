using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

/// <summary>
/// Loads and prepares what encodes row groups, and how a frame gives its memory, while the input is being opened, which keeps one thread busy: otherwise the
/// first batches wait for it as long as it takes to encode some thousand rows.
/// </summary>
static class WarmUp
{
    /// <summary>Returns at once; nothing needs to be waited for.</summary>
    public static void Begin() => _ = Task.Run(EncodeOneRow);

    static void EncodeOneRow()
    {
        using var batch = new Batch(0, 1);
        Column[] columns = Array.ConvertAll(Enum.GetValues<ColumnType>(), type => new Column(type.ToString(), type));
        foreach (var column in columns) batch.SetZero(column.Name, column.Type, batch.RentValid());
        new RowGroupEncoder(columns).Encode(batch);
    }
}
