using System.Globalization;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Writing;

/// <summary>The rejected rows as CSV: line, rule, text. The file begins with the first of them, so that a clean input leaves none.</summary>
sealed class RejectsOutput(DataSink sink) : IAsyncDisposable
{
    OutputStream? _output;

    public long BytesWritten { get; private set; }

    public async Task WriteAsync(IEnumerable<RejectedRow> rejects, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (_output is null)
        {
            _output = await sink.CreateAsync(cancellationToken);
            text.Append("line,rule,text\n");
        }

        foreach (var reject in rejects)
            text.Append(CultureInfo.InvariantCulture, $"{reject.Line},{reject.Rule},\"{reject.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        await _output.WriteAsync(bytes, cancellationToken);
        BytesWritten += bytes.Length;
    }

    /// <summary>Whether there was anything to complete.</summary>
    public async Task<bool> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_output is null) return false;
        await _output.CompleteAsync(cancellationToken);
        return true;
    }

    public ValueTask DisposeAsync() => _output?.DisposeAsync() ?? ValueTask.CompletedTask;
}
