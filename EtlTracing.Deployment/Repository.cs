namespace EtlTracing.Deployment;

/// <summary>The files that are deployed as they are: the workflow, the collector's configuration, and what images are built from.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "EtlTracing.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"no EtlTracing.sln above {AppContext.BaseDirectory}: images are built from the sources");
    }
}
