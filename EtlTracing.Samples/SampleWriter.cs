using System.Globalization;
using System.Text;

namespace EtlTracing.Samples;

/// <summary>
/// Made-up listings in the layout of the public Airbnb data set, as dirty as the real one: nulls in every column that has them there,
/// repeated listings, prices like <c>"$1,018 "</c>, misspelt boroughs, impossible night counts, reviews from the future and from before the
/// building was there, and quoted text with commas, quotes and line breaks. The same seed gives the same bytes.
/// </summary>
public sealed class SampleWriter
{
    public const string Header =
        "id,NAME,host id,host_identity_verified,host name,neighbourhood group,neighbourhood,lat,long,country,country code,instant_bookable,"
        + "cancellation_policy,room type,Construction year,price,service fee,minimum nights,number of reviews,last review,reviews per month,"
        + "review rate number,calculated host listings count,availability 365,house_rules,license";

    const int FlushBytes = 1 << 20;
    const int RecentListings = 512;

    readonly Random _random;
    readonly Vocabulary _words;
    readonly Listing[] _recent = new Listing[RecentListings];
    readonly byte[] _buffer = new byte[FlushBytes + (64 << 10)];
    int _length;

    SampleWriter(int seed)
    {
        _random = new Random(seed);
        _words = new Vocabulary(_random);
    }

    /// <summary>
    /// Writes the header and <paramref name="rows"/> well-formed records; after each <paramref name="brokenEvery"/> of them (0: never)
    /// one more that no reader should accept.
    /// </summary>
    public static void Write(Stream csv, long rows, int seed, int brokenEvery = 0)
    {
        ArgumentNullException.ThrowIfNull(csv);
        var writer = new SampleWriter(seed);
        writer.Text(Header);
        writer.Text("\n");
        for (var row = 0L; row < rows; row++)
        {
            writer.Record(row);
            if (brokenEvery > 0 && row % brokenEvery == brokenEvery - 1) writer.BrokenRecord(row / brokenEvery);
            if (writer._length >= FlushBytes) writer.FlushTo(csv);
        }

        writer.FlushTo(csv);
    }

    void Record(long row)
    {
        var listing = NextListing(row);
        Number(1_001_254 + row * 552);
        Next(_words.Pick(_words.Names), nullShare: 0.003);
        Next();
        Number(_random.NextInt64(123_600_518, 98_763_129_024));
        Next(_random.Next(2) == 0 ? "unconfirmed" : "verified", nullShare: 0.003);
        Next(listing.Host);
        Next(_random.Next(500) == 0 ? Misspelt(listing.Borough) : listing.Borough, nullShare: 0.0005);
        Next(listing.Neighbourhood, nullShare: 0.0005);
        Next(listing.Latitude);
        Next(listing.Longitude);
        Next("United States", nullShare: 0.005);
        Next("US", nullShare: 0.001);
        Next(_random.Next(2) == 0 ? "FALSE" : "TRUE", nullShare: 0.001);
        Next(_random.Next(3) switch { 0 => "strict", 1 => "moderate", _ => "flexible" }, nullShare: 0.0008);
        Next(RoomType());
        var built = 2003 + _random.Next(20);
        Next(built, nullShare: 0.002);
        Next(listing.Price);
        Next(listing.ServiceFee);
        Next(MinimumNights(), nullShare: 0.004);
        Reviews(built);
        Next(_random.Next(1, 6), nullShare: 0.003);
        Next(_random.Next(20) == 0 ? _random.Next(10, 333) : _random.Next(1, 9), nullShare: 0.003);
        Next(_random.Next(-10, 440), nullShare: 0.004);
        Next(_random.Next(2) == 0 ? "" : _words.Pick(_words.Rules));
        Next("");
        Text("\n");
    }

    void Reviews(int built)
    {
        var reviews = _random.Next(7) == 0 ? 0 : (int)Math.Exp(_random.NextDouble() * 6.9);
        Next(reviews, nullShare: 0.002);
        if (reviews == 0 || _random.Next(1000) == 0)
        {
            Next("");
            Next("");
            return;
        }

        // Most reviews are younger than the building; some are as impossible as in the real file.
        var year = _random.Next(2000) switch { 0 => 2058, < 200 => _random.Next(Math.Min(2012, built), built + 1), _ => Math.Max(built, _random.Next(2015, 2023)) };
        Next(string.Create(CultureInfo.InvariantCulture, $"{_random.Next(1, 13)}/{_random.Next(1, 29)}/{year}"));
        Next((_random.Next(1, 100) * _random.Next(1, 12) / 100.0).ToString("0.##", CultureInfo.InvariantCulture));
    }

    Listing NextListing(long row)
    {
        var slot = (int)(row % RecentListings);
        if (row > RecentListings && _random.Next(200) == 0) return _recent[_random.Next(RecentListings)];
        var (borough, neighbourhood, latitude, longitude) = Vocabulary.Place(_random);
        var price = _random.Next(50, 1201);
        return _recent[slot] = new Listing(
            _random.Next(250) == 0 ? _words.Missing() : _words.Pick(_words.Hosts),
            borough,
            neighbourhood,
            _random.Next(10_000) == 0 ? "" : latitude,
            _random.Next(10_000) == 0 ? "" : longitude,
            _random.Next(400) == 0 ? "" : Currency(price),
            _random.Next(400) == 0 ? "" : Currency((price + 2) / 5));
    }

    int MinimumNights() => _random.Next(50) switch
    {
        0 => _random.Next(-12, 1),
        1 => _random.Next(365, 1251),
        < 14 => 30,
        < 20 => _random.Next(4, 15),
        _ => _random.Next(1, 4),
    };

    string RoomType() => _random.Next(1000) switch { < 520 => "Entire home/apt", < 970 => "Private room", < 995 => "Shared room", < 998 => "Hotel room", _ => "Loft" };

    static string Currency(int amount) => string.Create(CultureInfo.InvariantCulture, $"${amount:#,0} ");

    static string Misspelt(string borough) => borough switch { "Brooklyn" => "brookln", "Manhattan" => "manhatan", _ => borough };

    /// <summary>As real files break: a line that lost its end, or a quotation mark too many.</summary>
    void BrokenRecord(long number)
    {
        Number(number);
        Text(number % 2 == 0 ? ",A listing that was cut off,80014485718,verif\n" : ",\"Cosy \"quiet\" room\",80014485718,verified\n");
    }

    void Next() => _buffer[_length++] = (byte)',';

    void Next(string text, double nullShare)
    {
        Next(_random.NextDouble() < nullShare ? _words.Missing() : text);
    }

    void Next(int number, double nullShare)
    {
        Next();
        if (_random.NextDouble() >= nullShare) Number(number);
    }

    void Next(string text)
    {
        Next();
        if (text.AsSpan().IndexOfAny(",\"\n") < 0)
        {
            Text(text);
            return;
        }

        Text("\"");
        Text(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        Text("\"");
    }

    void Number(long number)
    {
        number.TryFormat(_buffer.AsSpan(_length), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
    }

    void Text(string text) => _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));

    void FlushTo(Stream csv)
    {
        csv.Write(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    readonly record struct Listing(
        string Host, string Borough, string Neighbourhood, string Latitude, string Longitude, string Price, string ServiceFee);
}
