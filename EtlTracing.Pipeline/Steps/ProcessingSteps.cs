namespace EtlTracing.Pipeline.Steps;

/// <summary>The verbs that processing recipes are written with.</summary>
public static class ProcessingSteps
{
    public static Recipe Calculate(this Recipe recipe, string name, string target, string[] operands, Func<ReadOnlySpan<long>, long> formula) =>
        recipe.Then(new Calculate(name, target, operands, formula));

    public static Recipe RankDense(this Recipe recipe, string name, string target, string by, string? within = null) =>
        recipe.Then(new RankDense(name, target, by, within));

    public static Recipe CountRows(this Recipe recipe, string name, string fact) => recipe.Then(new CountRows(name, fact));

    public static Recipe CreatePropertyRank(this Recipe recipe, string totalFact, params (string Target, string Rank)[] texts) =>
        recipe.Then(new CreatePropertyRank(totalFact, texts));

    /// <summary>Makes the groups table where one is wanted: rows, lowest, median, mean and highest of a column and the sum of another, by some texts.</summary>
    public static Recipe SummarizeGroups(this Recipe recipe, string name, string[] by, string of, string sum, string rows) =>
        recipe.Then(new SummarizeGroups(name, by, of, sum, rows));
}
