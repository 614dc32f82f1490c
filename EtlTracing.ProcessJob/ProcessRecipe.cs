using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using static EtlTracing.Pipeline.Reading.Contract;

namespace EtlTracing.ProcessJob;

/// <summary>Clean listings to ranked ones.</summary>
public static class ProcessRecipe
{
    const string Total = "properties";

    static readonly Contract s_cleanListings = Of(
        Text("neighbourhood_group"), Text("neighbourhood"), Text("room_type"),
        SmallInteger("price"), SmallInteger("service_fee"), SmallInteger("minimum_nights"), SmallInteger("number_of_reviews"));

    public static Recipe Create() => Recipe.ForParquet("Data Processing", s_cleanListings)
        .Calculate(
            "Calculate Minimum Total Spend", "minimum_total_spend", ["price", "service_fee", "minimum_nights"], listing => (listing[0] + listing[1]) * listing[2])
        .Calculate("Calculate Cost Per Night", "cost_per_night", ["price", "service_fee"], listing => listing[0] + listing[1])
        .RankDense("Rank by Cost Per Night in Neighborhood", "exp_rank_per_neighbourhood", by: "cost_per_night", within: "neighbourhood")
        .RankDense("Rank by Cost Per Night Overall", "exp_rank_overall", by: "cost_per_night")
        .RankDense("Rank by Number of Reviews", "rank_overall_reviews", by: "number_of_reviews")
        .CountRows("Calculate Total Properties", Total)
        .CreatePropertyRank(Total, ("prop_rank_exp", "exp_rank_overall"), ("prop_rank_review", "rank_overall_reviews"))
        .SummarizeGroups(
            "Summarize Groups", by: ["neighbourhood_group", "neighbourhood", "room_type"], of: "cost_per_night", sum: "number_of_reviews", rows: "listings");
}
