using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>CSV or JSON text that fulfils a contract.</summary>
sealed class TextSource : BatchSource
{
    readonly DataSource _source;
    readonly Contract _contract;
    readonly int[] _places;
    readonly int _batchBytes;
    readonly double _rowBytes;

    TextSource(DataSource source, Contract contract, int[] places, IReadOnlyList<string> header, int batchBytes, double rowBytes)
    {
        (_source, _contract, _places, _batchBytes, _rowBytes) = (source, contract, places, batchBytes, rowBytes);
        Schema = new Schema(Columns(contract, header));
    }

    public override Schema Schema { get; }

    public override long RowsIn(long bytes) => _rowBytes > 0 ? (long)(bytes / _rowBytes) : 0;

    /// <summary>Reads the input's beginning and holds it against the contract.</summary>
    public static async Task<TextSource> OpenAsync(DataSource source, Contract contract, int batchBytes, CancellationToken cancellationToken)
    {
        const int HeadBytes = 1 << 20;
        await using var reader = await RecordReader.OpenAsync(source, Math.Min(batchBytes, HeadBytes), cancellationToken);
        using var first = await reader.ReadAsync(cancellationToken);
        var places = ContractCheck.Match(source.Name, contract, reader.Header, first);
        var rowBytes = reader.IsPacked || first is not { Records: > 0 } ? 0 : (double)first.Origins[first.Records - 1].End / first.Records;
        return new TextSource(source, contract, places, reader.Header, batchBytes, rowBytes);
    }

    public override async Task<BatchPass> BeginPassAsync(IReadOnlySet<string> needed, IReadOnlySet<string> carried, CancellationToken cancellationToken)
    {
        var reader = await RecordReader.OpenAsync(_source, _batchBytes, cancellationToken);
        return new Pass(reader, new BatchParser(_contract, _places, Schema, needed));
    }

    static IEnumerable<Column> Columns(Contract contract, IReadOnlyList<string> header)
    {
        foreach (var name in header)
        {
            var column = contract.Columns.First(column => column.Name == Contract.Standardize(name));
            if (column.Used) yield return new Column(name, column.Type, column.Nullable) { Origin = column.Name };
        }
    }

    sealed class Pass(RecordReader reader, BatchParser parser) : BatchPass
    {
        public override long BytesRead => reader.BytesRead;

        public override async ValueTask<BatchPart?> NextAsync(CancellationToken cancellationToken) =>
            await reader.ReadAsync(cancellationToken) is { } block ? new Part(block, parser) : null;

        public override ValueTask DisposeAsync() => reader.DisposeAsync();
    }

    sealed class Part(RecordBlock block, BatchParser parser) : BatchPart
    {
        public override long Length => block.Records == 0 ? 0 : block.Origins[block.Records - 1].End;

        public override ValueTask<Batch> ToBatchAsync(CancellationToken cancellationToken) => ValueTask.FromResult(parser.Parse(block));

        public override void Dispose() => block.Dispose();
    }
}
