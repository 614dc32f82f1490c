using System.Xml.Linq;

namespace EtlTracing.Tests.Deployment;

public class DockerfileTests
{
    [Theory]
    [InlineData("EtlTracing.Trigger")]
    [InlineData("EtlTracing.CleanJob")]
    [InlineData("EtlTracing.ProcessJob")]
    [InlineData("EtlTracing.Viewer")]
    public void AnImageIsBuiltFromExactlyTheProjectsItNeeds(string project)
    {
        var copied = Lines(project)
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.StartsWith("COPY --from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1])
            .Select(source => source.TrimEnd('/'))
            .ToList();

        Assert.All(copied, source => Assert.True(Path.Exists(Path.Combine(SharedData.Repository, source)), $"{source} does not exist"));
        Assert.Equal(Needed(project).Order(), copied.Where(source => source.StartsWith("EtlTracing.", StringComparison.Ordinal)).Order());
        Assert.Subset(copied.ToHashSet(), Imported(project));
    }

    [Theory]
    [InlineData("EtlTracing.Trigger")]
    [InlineData("EtlTracing.CleanJob")]
    [InlineData("EtlTracing.ProcessJob")]
    [InlineData("EtlTracing.Viewer")]
    public void AnImageHasNoShellAndNoRoot(string project)
    {
        var lines = Lines(project);

        Assert.EndsWith("-chiseled", lines.Last(line => line.StartsWith("FROM ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("USER $APP_UID", lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.Equal($"""ENTRYPOINT ["dotnet", "{project}.dll"]""", lines[^1]);
    }

    [Fact]
    public void WhatImagesNeedIsLetIntoTheBuild()
    {
        var ignore = File.ReadAllLines(Path.Combine(SharedData.Repository, ".dockerignore"));

        Assert.Contains("!EtlTracing.*/", ignore);
        string[] projects = ["EtlTracing.Trigger", "EtlTracing.CleanJob", "EtlTracing.ProcessJob", "EtlTracing.Viewer"];
        Assert.DoesNotContain(projects.SelectMany(Needed), project => ignore.Contains($"{project}/"));
        Assert.Subset(ignore.ToHashSet(), projects.SelectMany(Imported).Select(file => $"!{file}").ToHashSet());
        Assert.Contains("**/bin/", ignore);
        Assert.Contains("**/obj/", ignore);
    }

    static string[] Lines(string project) =>
        [.. File.ReadAllLines(Path.Combine(SharedData.Repository, project, "Dockerfile")).Where(line => line.Length > 0)];

    /// <summary>Files of settings that the project and those it needs import from the repository's root.</summary>
    static HashSet<string> Imported(string project) => Needed(project)
        .SelectMany(needed => XDocument.Load(Path.Combine(SharedData.Repository, needed, $"{needed}.csproj")).Descendants("Import"))
        .Select(import => (string)import.Attribute("Project")!)
        .Where(file => file.StartsWith("../", StringComparison.Ordinal))
        .Select(file => file["../".Length..])
        .ToHashSet();

    /// <summary>The project, what it references, and the folders of sources that it links.</summary>
    static HashSet<string> Needed(string project)
    {
        var needed = new HashSet<string>();
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out var next))
        {
            if (!needed.Add(next)) continue;
            var file = XDocument.Load(Path.Combine(SharedData.Repository, next, $"{next}.csproj"));
            foreach (var reference in file.Descendants("ProjectReference")) open.Enqueue(Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
            foreach (var linked in file.Descendants("Compile").Select(compile => (string?)compile.Attribute("Include")))
                if (linked == "$(EtlNames)") needed.Add("EtlTracing.ServiceDefaults");
                else if (linked is not null && linked.StartsWith("../", StringComparison.Ordinal)) open.Enqueue(linked.Split('/')[1]);
        }

        return needed;
    }
}
