namespace EtlTracing.Tests;

/// <summary>A test on real rows that are not part of the repository: skipped, with the reason, where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute()
    {
        if (SharedData.Root is null) Skip = "needs the folder 'shared' beside the repository, which is not here";
    }
}

/// <summary>The folder <c>shared</c> beside the repository: real rows with expected outputs, and peer programs.</summary>
public static class SharedData
{
    /// <summary>The repository's root: the folder that holds EtlTracing.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Null where there is none.</summary>
    public static string? Root { get; } = FindShared();

    public static string File(string name) => Path.Combine(Root!, "data", name);

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "EtlTracing.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"no EtlTracing.sln above {AppContext.BaseDirectory}");
    }

    static string? FindShared()
    {
        var folder = Path.GetFullPath(Path.Combine(Repository, "..", "shared"));
        return System.IO.File.Exists(Path.Combine(folder, "data", "airbnb_real.csv")) ? folder : null;
    }
}
