namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>
/// The order in which Java's HashMap goes through its keys: by bucket, within one as they came. The rows of a CSV come out
/// of Step Functions with their members in this order, and workers see it (ASSUMPTIONS SFN-023).
/// </summary>
static class HashMapOrder
{
    const int FirstBuckets = 16;

    /// <returns>The keys' positions.</returns>
    public static int[] Of(string[] keys)
    {
        var buckets = FirstBuckets;
        while (keys.Length > buckets * 3 / 4) buckets *= 2;
        return [.. Enumerable.Range(0, keys.Length).OrderBy(i => Spread(Hash(keys[i])) & (uint)(buckets - 1))];
    }

    static uint Hash(string key)
    {
        uint hash = 0;
        foreach (var c in key) hash = unchecked(hash * 31 + c);
        return hash;
    }

    static uint Spread(uint hash) => hash ^ (hash >> 16);
}
