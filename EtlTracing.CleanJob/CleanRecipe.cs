using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using static EtlTracing.Pipeline.Reading.Contract;

namespace EtlTracing.CleanJob;

/// <summary>Raw Airbnb listings to clean ones.</summary>
public static class CleanRecipe
{
    static readonly Contract s_rawListings = Of(
        Integer("id"), Text("name"), Unused("host_id"), Text("host_identity_verified"), Text("host_name"), Text("neighbourhood_group"),
        Text("neighbourhood"), Number("lat"), Number("long"), Text("country"), Unused("country_code"), Text("instant_bookable"),
        Text("cancellation_policy"), Text("room_type"), Number("construction_year"), Text("price"), Text("service_fee"),
        Number("minimum_nights"), Number("number_of_reviews"), Date("last_review"), Number("reviews_per_month"),
        Number("review_rate_number"), Number("calculated_host_listings_count"), Unused("availability_365"), Text("house_rules"), Unused("license"));

    public static Recipe Create() => Recipe.ForText("Data Cleaning", s_rawListings)
        .StandardizeColumnNames()
        .DropColumns("host_id", "country_code", "license", "availability_365")
        .RemoveDuplicates("host_name", "lat", "long", "price")
        .FillNulls(
            ("house_rules", "Blank"), ("host_name", "Blank"), ("name", "Blank"), ("country", "United States"),
            ("host_identity_verified", "Unconfirmed"), ("instant_bookable", "TRUE"), ("cancellation_policy", "moderate"))
        .FilterNumbers("Filter Minimum Nights", "minimum_nights", nights => nights is > 0 and < 365)
        .RoundNumbers("Round Number of Reviews", "number_of_reviews")
        .ConvertCurrency("price")
        .ConvertCurrency("service_fee")
        .FixSkewness("reviews_per_month")
        .FixSkewness("number_of_reviews")
        .FixSkewness("calculated_host_listings_count")
        .CorrectReviewDates("last_review", notBefore: "construction_year")
        .CorrectText("Correct Neighbourhood Group", "neighbourhood_group", "brookln", "Brooklyn")
        .DropRemainingNulls()
        .FilterTextLength("Filter Room Type", "room_type", longerThan: 4)
        .FinalDataTypes(
            "id", "price", "service_fee", "minimum_nights", "number_of_reviews", "reviews_per_month", "calculated_host_listings_count",
            "construction_year", "review_rate_number");
}
