using EtlTracing.Pipeline;

namespace EtlTracing.ProcessJob;

public static class ProcessRecipe
{
    public static Recipe Create() => new();
}
