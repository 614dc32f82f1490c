using System.Globalization;

namespace EtlTracing.Samples;

/// <summary>
/// The texts that listings are made of. Few distinct house rules, many distinct names, some hundred neighbourhoods: as in the real file, because
/// encoders and hash tables live on such proportions.
/// </summary>
sealed class Vocabulary
{
    const int RuleTexts = 2_000;
    const int NameTexts = 60_000;

    static readonly string[] s_sides = ["", "North ", "South ", "East "];

    static readonly (string Borough, double Latitude, double Longitude, string[] Places)[] s_boroughs =
    [
        ("Manhattan", 40.765, -73.975, ["Harlem", "Midtown", "Chelsea", "Kips Bay", "Inwood", "SoHo", "Tribeca", "Chinatown", "Gramercy", "Murray Hill", "Yorkville", "Two Bridges"]),
        ("Brooklyn", 40.675, -73.955, ["Kensington", "Clinton Hill", "Bushwick", "Greenpoint", "Red Hook", "Flatbush", "Crown Heights", "Gowanus", "Park Slope", "Sunset Park", "Bay Ridge", "Midwood"]),
        ("Queens", 40.735, -73.855, ["Astoria", "Flushing", "Ridgewood", "Elmhurst", "Jamaica", "Rego Park", "Sunnyside", "Corona", "Woodside", "Bayside"]),
        ("Bronx", 40.845, -73.885, ["Mott Haven", "Fordham", "Riverdale", "Longwood", "Norwood", "Parkchester", "Kingsbridge", "Wakefield"]),
        ("Staten Island", 40.605, -74.105, ["St. George", "Tompkinsville", "Stapleton", "Great Kills", "Tottenville", "New Dorp"]),
    ];

    static readonly string[] s_tones = ["Sunny", "Quiet", "Cosy", "Spacious", "Bright", "Modern", "Charming", "Clean & simple", "Stylish", "Hidden", "Lovely", "Huge", "Tiny", "Café-style", "BEAUTIFUL", "Artist's"];
    static readonly string[] s_homes = ["studio", "loft", "1 BR apartment", "two-bedroom home", "private room", "garden flat", "brownstone floor", "duplex", "\"treehouse\" room", "penthouse", "railroad flat", "carriage house"];
    static readonly string[] s_sights = ["by the park", "near the L train", "with a view", "close to everything", "on a leafy street", "5 min from the ferry", "with own entrance", "off Broadway", "w/ roof deck", "near JFK, LGA"];
    static readonly string[] s_firstNames = ["Madaline", "Jenna", "Elise", "Garry", "Lyndon", "Michelle", "Alberta", "Emma", "Evelyn", "Carl", "Miranda", "Alan", "Darcy", "Edgar", "Aida", "Sherri", "José", "Zoë", "Kwame", "Mei", "Olga", "Priya", "Tomás", "Ulla", "Viktor", "Wanda", "Xavier", "Yara", "Imani", "Noor"];

    static readonly string[] s_sentences =
    [
        "No smoking, inside or outside.", "Please take off your shoes at the door.", "Quiet hours are from 10pm to 7am, every day of the week.",
        "Pets are welcome after a word with us beforehand; ours is old and shy.", "Please water the plants if you stay longer than a week.",
        "Guests who were not announced cannot stay overnight, sorry.", "The kitchen is yours, the top shelf of the fridge is ours.",
        "No parties or events: the neighbours are lovely but the walls are thin.", "Check-in is after 3pm, check-out before 11am, luggage can stay.",
        "Please recycle: glass and paper go into the blue bin, all else into the \"black\" one.", "Lock both doors when you leave, even for five minutes.",
        "We ask for a photo ID on arrival.", "Laundry is in the basement; quarters are in the jar.", "The heating belongs to the building, not to us.",
        "Treat the home the way you would like your own to be treated.",
    ];

    readonly Random _random;

    public Vocabulary(Random random)
    {
        _random = random;
        Names = [.. Enumerable.Range(0, NameTexts).Select(_ => Name())];
        Hosts = [.. s_firstNames.SelectMany(first => s_firstNames.Select(second => first == second ? first : $"{first} & {second}"))];
        Rules = [.. Enumerable.Range(0, RuleTexts).Select(_ => Rule())];
    }

    public string[] Names { get; }

    public string[] Hosts { get; }

    public string[] Rules { get; }

    /// <summary>Most missing values are empty; some are spelt out.</summary>
    public string Missing() => _random.Next(20) switch { 0 => "NA", 1 => "N/A", 2 => "null", _ => "" };

    public string Pick(string[] texts) => texts[_random.Next(texts.Length)];

    public static (string Borough, string Neighbourhood, string Latitude, string Longitude) Place(Random random)
    {
        var (borough, latitude, longitude, places) = s_boroughs[random.Next(100) switch { < 43 => 0, < 84 => 1, < 96 => 2, < 99 => 3, _ => 4 }];
        var neighbourhood = s_sides[random.Next(s_sides.Length)] + places[random.Next(places.Length)];
        return (borough, neighbourhood, Degrees(latitude), Degrees(longitude));

        string Degrees(double centre) => (centre + random.Next(-4000, 4000) / 100_000.0).ToString("0.#####", CultureInfo.InvariantCulture);
    }

    string Name() => string.Create(
        CultureInfo.InvariantCulture, $"{Pick(s_tones)} {Pick(s_homes)} {Pick(s_sights)}{(_random.Next(3) > 0 ? $", no. {_random.Next(1, 900)}" : "!")}");

    string Rule()
    {
        var sentences = Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Pick(s_sentences));
        return string.Join(_random.Next(4) == 0 ? "\n" : " ", sentences);
    }
}
