using EtlTracing;
using EtlTracing.Jobs;
using EtlTracing.ProcessJob;

// clean/… → processed/…: what a night costs, ranks, and a table of groups.
return await JobHost.RunAsync(new JobDefinition
{
    State = EtlNames.ProcessState,
    Recipe = ProcessRecipe.Create,
    Keys = JobKeys.ForProcess,
}, args);
