using System.Text;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;

namespace EtlTracing.Tests.Pipeline;

/// <summary>Reads a text with the engine and keeps what it saw: rows by their place in the input, and rejects.</summary>
sealed class Captured
{
    readonly SortedDictionary<long, string?[]> _rows = [];

    public List<string?[]> Rows => [.. _rows.Values];

    public List<string[]> Rejects { get; private set; } = [];

    public PipelineResult? Result { get; private set; }

    public static Task<Captured> ReadAsync(string text, string[] columns, PipelineOptions options) => ReadAsync(Encoding.UTF8.GetBytes(text), columns, options);

    public static async Task<Captured> ReadAsync(byte[] text, string[] columns, PipelineOptions options)
    {
        var captured = new Captured();
        var recipe = Recipe.ForText("Capture", Contract.Of(columns.Select(Contract.Text))).StandardizeColumnNames().Then(new Keep(captured, columns));
        var rejects = new MemoryOutput();
        captured.Result = await recipe.RunAsync(
            new DataSource("text", text.Length, (offset, _) => ValueTask.FromResult<Stream>(new MemoryStream(text, (int)offset, text.Length - (int)offset))),
            new DataSink("out", _ => ValueTask.FromResult<OutputStream>(new MemoryOutput())),
            new DataSink("rejects", _ => ValueTask.FromResult<OutputStream>(rejects)),
            options with { MaxRejects = 1 },
            CancellationToken.None);
        captured.Rejects = [.. NaiveCsv.Read(Encoding.UTF8.GetString(rejects.Written)).Skip(1)];
        return captured;
    }

    sealed class Keep(Captured captured, string[] columns) : RowStep("Keep")
    {
        public override IEnumerable<string> Reads(Schema schema) => columns;

        public override void Apply(Batch batch)
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                if (!batch.IsIn(row)) continue;
                var values = new string?[columns.Length];
                for (var column = 0; column < columns.Length; column++)
                {
                    var texts = batch.Texts(columns[column]);
                    values[column] = texts.IsNull(row) ? null : Encoding.UTF8.GetString(texts[row]);
                }

                lock (captured) captured._rows.Add(batch.FirstRow + row, values);
            }
        }
    }
}

/// <summary>An output in memory.</summary>
sealed class MemoryOutput : OutputStream
{
    readonly MemoryStream _bytes = new();

    public byte[] Written => _bytes.ToArray();

    public bool IsComplete { get; private set; }

    public override void Write(byte[] buffer, int offset, int count) => _bytes.Write(buffer, offset, count);

    public override ValueTask<string?> CompleteAsync(CancellationToken cancellationToken)
    {
        IsComplete = true;
        return ValueTask.FromResult<string?>("\"etag\"");
    }
}
