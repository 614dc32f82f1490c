using EtlTracing;
using EtlTracing.CleanJob;
using EtlTracing.Jobs;

// input/… → clean/…: the columns as the dataset's contract has them, without duplicates and rows that make no sense.
return await JobHost.RunAsync(new JobDefinition
{
    State = EtlNames.CleanState,
    Recipe = CleanRecipe.Create,
    Keys = JobKeys.ForClean,
}, args);
