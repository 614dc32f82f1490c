using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Steps;

/// <summary>
/// Makes the groups table: for each combination of some texts the number of rows, the lowest, median, mean and highest of one column of whole numbers and
/// the sum of another. The rows themselves pass unchanged; one that lacks any of these values is in no group.
/// </summary>
sealed class SummarizeGroups(string name, string[] keys, string value, string total, string rows) : Step(name)
{
    public override bool MakesGroups => true;

    public override IEnumerable<string> Reads(Schema schema) => [.. keys, value, total];

    public override StepRun Start(RunContext run) => new Run(keys, value, total, rows);

    sealed class Run(string[] keys, string value, string total, string rows) : StepRun
    {
        readonly ConcurrentBag<TextMap<Group>> _parts = [];

        public override void Apply(Batch batch)
        {
            if (!_parts.TryTake(out var groups)) groups = new TextMap<Group>();
            var values = new WholeNumbers(batch, value);
            var totals = new WholeNumbers(batch, total);
            var numbers = batch.NumberTexts(keys[0]);
            foreach (var key in keys.Skip(1)) numbers = numbers.And(batch.NumberTexts(key), batch);
            var known = new Group?[numbers.Count];
            for (var row = 0; row < batch.Rows; row++)
            {
                var number = numbers[row];
                if (number < 0 || !batch.IsIn(row) || values.IsNull(row) || totals.IsNull(row)) continue;
                var group = known[number] ??= groups.Of(Key(batch, row));
                group.Values.At(values[row])++;
                group.Rows++;
                group.Total += totals[row];
            }

            _parts.Add(groups);
        }

        public override (Schema Schema, Batch Rows)? Groups()
        {
            var all = new TextMap<Group>();
            foreach (var part in _parts)
                foreach (var group in part.Entries) all.Of(group.Text).Add(group.Value);
            var sorted = all.Entries.ToArray();
            Array.Sort(sorted, (one, other) => one.Text.AsSpan().SequenceCompareTo(other.Text));
            var summaries = Array.ConvertAll(sorted, group => group.Value.Summarize());

            var table = new Batch(0, sorted.Length);
            for (var key = 0; key < keys.Length; key++) SetKey(table, keys[key], key, sorted);
            Set(table, rows, summaries, group => group.Rows);
            Set(table, $"{value}_min", summaries, group => group.Minimum);
            Set(table, $"{value}_median", summaries, group => group.Median);
            Set(table, $"{value}_mean", summaries, group => group.Mean);
            Set(table, $"{value}_max", summaries, group => group.Maximum);
            Set(table, total, summaries, group => group.Total);
            return (new Schema(
            [
                .. keys.Select(key => new Column(key, ColumnType.Text, Nullable: false)),
                new(rows, ColumnType.Integer, Nullable: false),
                new($"{value}_min", ColumnType.Integer, Nullable: false),
                new($"{value}_median", ColumnType.Number, Nullable: false),
                new($"{value}_mean", ColumnType.Number, Nullable: false),
                new($"{value}_max", ColumnType.Integer, Nullable: false),
                new(total, ColumnType.Integer, Nullable: false),
            ]), table);
        }

        /// <summary>The texts, each behind its end a zero, which no text of a sane column holds; so keys sort as their texts do.</summary>
        byte[] Key(Batch batch, int row)
        {
            var key = new ArrayBufferWriter<byte>();
            foreach (var column in keys)
            {
                key.Write(batch.Texts(column)[row]);
                key.Write("\0"u8);
            }

            return key.WrittenSpan.ToArray();
        }

        static void SetKey(Batch table, string name, int index, TextEntry<Group>[] groups)
        {
            var bytes = table.Rent(groups.Sum(group => group.Text.Length));
            var offsetMemory = table.Rent((groups.Length + 1) * sizeof(int));
            var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
            var length = 0;
            for (var row = 0; row < groups.Length; row++)
            {
                offsets[row] = length;
                ReadOnlySpan<byte> text = groups[row].Text;
                for (var before = 0; before < index; before++) text = text[(text.IndexOf((byte)0) + 1)..];
                text = text[..text.IndexOf((byte)0)];
                text.CopyTo(bytes.AsSpan(length));
                length += text.Length;
            }

            offsets[groups.Length] = length;
            table.SetTexts(name, bytes, offsetMemory, table.RentValid());
        }

        static void Set<T>(Batch table, string name, GroupSummary[] groups, Func<GroupSummary, T> number)
            where T : unmanaged
        {
            var memory = table.Rent<T>(out var numbers);
            for (var row = 0; row < numbers.Length; row++) numbers[row] = number(groups[row]);
            table.Set<T>(name, memory, table.RentValid());
        }
    }

    sealed class Group
    {
        public WholeNumberMap Values { get; } = new();

        public long Rows { get; set; }

        public long Total { get; set; }

        public void Add(Group other)
        {
            Values.Add(other.Values);
            Rows += other.Rows;
            Total += other.Total;
        }

        public GroupSummary Summarize()
        {
            var values = Values.Keys();
            double? lower = null, upper = null;
            var sum = 0.0;
            var passed = 0L;
            foreach (var key in values)
            {
                var count = Values.At(key);
                sum += (double)key * count;
                passed += count;
                if (passed > (Rows - 1) / 2) lower ??= key;
                if (passed > Rows / 2) upper ??= key;
            }

            return new GroupSummary(Rows, values[0], (lower!.Value + upper!.Value) / 2, sum / Rows, values[^1], Total);
        }
    }

    /// <summary>What the table says of a group.</summary>
    sealed record GroupSummary(long Rows, long Minimum, double Median, double Mean, long Maximum, long Total);
}
