using EtlTracing.Pipeline;

namespace EtlTracing.CleanJob;

public static class CleanRecipe
{
    public static Recipe Create() => new();
}
