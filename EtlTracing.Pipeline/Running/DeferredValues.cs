using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

/// <summary>What rows get that waited for a step's value: a row that lacks it goes through the steps again, now that they know.</summary>
static class DeferredValues
{
    /// <summary>By the output's columns, as a page holds them; null where what comes out for one is no value.</summary>
    public static IReadOnlyDictionary<string, byte[]>? Find(Plan plan)
    {
        var values = new Dictionary<string, byte[]>();
        for (var first = 0; first < plan.Steps.Count; first++)
        {
            var step = plan.Steps[first];
            if (!step.Run.Defers) continue;
            foreach (var origin in step.Writes)
            {
                if (plan.Output.Columns.FirstOrDefault(column => column.Origin == origin) is not { } column) continue;
                using var row = Missing(step);
                foreach (var later in plan.Steps.Skip(first))
                    if (later.Writes.Contains(origin) || later.Renames(origin)) later.Run.Apply(row);
                if (row.Live == 0 || !Bits.Get(row.Valid(column.Name), 0)) return null;
                values.Add(column.Name, PlainValue.OfFirst(row, column));
            }
        }

        return values;
    }

    static Batch Missing(PlannedStep step)
    {
        var batch = new Batch(0, 1);
        foreach (var column in step.Before.Columns.Where(column => step.Reads.Contains(column.Origin))) batch.SetZero(column.Name, column.Type, batch.RentBits());
        return batch;
    }
}
