namespace EtlTracing.Pipeline.Steps;

/// <summary>The verbs that cleaning recipes are written with.</summary>
public static class CleaningSteps
{
    public static Recipe StandardizeColumnNames(this Recipe recipe) => recipe.Then(new StandardizeColumnNames());

    public static Recipe DropColumns(this Recipe recipe, params string[] columns) => recipe.Then(new DropColumns(columns));

    public static Recipe RemoveDuplicates(this Recipe recipe, params string[] columns) => recipe.Then(new RemoveDuplicates(columns));

    public static Recipe FillNulls(this Recipe recipe, params (string Column, string Text)[] fills) => recipe.Then(new FillNulls(fills));

    public static Recipe FilterNumbers(this Recipe recipe, string name, string column, Func<double, bool> keep) =>
        recipe.Then(new FilterNumbers(name, column, keep));

    public static Recipe FilterTextLength(this Recipe recipe, string name, string column, int longerThan) =>
        recipe.Then(new FilterTextLength(name, column, longerThan));

    public static Recipe RoundNumbers(this Recipe recipe, string name, string column) => recipe.Then(new RoundNumbers(name, column));

    public static Recipe ConvertCurrency(this Recipe recipe, string column) => recipe.Then(new ConvertCurrency(column));

    public static Recipe FixSkewness(this Recipe recipe, string column) => recipe.Then(new FixSkewness(column));

    public static Recipe CorrectReviewDates(this Recipe recipe, string date, string notBefore) => recipe.Then(new CorrectReviewDates(date, notBefore));

    public static Recipe CorrectText(this Recipe recipe, string name, string column, string wrong, string right) =>
        recipe.Then(new CorrectText(name, column, wrong, right));

    public static Recipe DropRemainingNulls(this Recipe recipe) => recipe.Then(new DropRemainingNulls());

    public static Recipe FinalDataTypes(this Recipe recipe, string id, params string[] integers) => recipe.Then(new FinalDataTypes(id, integers));
}
