using Parquet;
using Parquet.Schema;

namespace EtlTracing.Tests.Viewer;

/// <summary>Objects that a run would have written.</summary>
public static class Fabricated
{
    public static byte[] Rejects() =>
        """
        line,rule,text
        412,field count,"1188342,Cozy 1BR, near park,67211032104,verified,Ana,Brooklyn,Bushwick,40.69,-73.92,United States,US,FALSE,strict"
        8817,quote not closed,"5830112,""Sunny loft w/ 11' ceilings,39042118832,unconfirmed,Marc,Manhattan"
        30114,field count,"17593020,Studio by the L train,88120937714,verified,Jo,Brooklyn"
        54002,unparsable price,"30786644,Appartement calme,12077346621,verified,Lise,$12x0"

        """u8.ToArray();

    /// <summary>Some columns of each kind, with nulls and a name that would be markup.</summary>
    public static async Task<byte[]> ParquetAsync(int rows = 2000)
    {
        var random = new Random(7);
        DataField<long> id = new("id");
        DataField name = new DataField("name <b>&", typeof(string), isNullable: true);
        DataField<double> price = new("price", true);
        DataField<bool> verified = new("host_identity_verified");
        DataField<DateTime> review = new("last_review", true);
        DataField room = new DataField("room_type", typeof(string), isNullable: false);
        string[] rooms = ["Entire home/apt", "Private room", "Shared room"];
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, name, price, verified, review, room), stream))
        {
            writer.CustomMetadata = new Dictionary<string, string> { ["etl-run"] = "8f21c0", ["etl-trace-id"] = "1-65f84a33-000000000000000000000000", ["etl.rows.out"] = rows.ToString() };
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(id, Enumerable.Range(1_001_254, rows).Select(i => (long)i).ToArray());
            await group.WriteAsync(name, Enumerable.Range(0, rows).Select(i => i % 50 == 3 ? null : $"<script>alert({i})</script> loft {i}").ToArray());
            await group.WriteAsync<double>(price, Enumerable.Range(0, rows).Select(i => i % 20 == 0 ? (double?)null : Math.Round(50 + 400 * random.NextDouble() * random.NextDouble(), 2)).ToArray());
            await group.WriteAsync<bool>(verified, Enumerable.Range(0, rows).Select(_ => random.Next(3) > 0).ToArray());
            await group.WriteAsync<DateTime>(review, Enumerable.Range(0, rows).Select(i => i % 7 == 0 ? (DateTime?)null : new DateTime(2019, 1, 1).AddDays(random.Next(1200))).ToArray());
            await group.WriteAsync(room, Enumerable.Range(0, rows).Select(_ => rooms[random.Next(3)]).ToArray());
        }
        return stream.ToArray();
    }
}
