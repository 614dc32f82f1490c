using System.Runtime.InteropServices;

namespace EtlTracing.Benchmarks;

/// <summary>The file of the day that measurements go to: results belong to the repository, whatever folder the benchmark is started in.</summary>
static class Results
{
    const string Project = "EtlTracing.Benchmarks";

    /// <summary>Prints a section and puts it into the day's file, in the place of an older one of the same heading.</summary>
    public static void Add(string section)
    {
        Console.WriteLine(section);
        var folder = Path.Combine(File.Exists($"{Project}.csproj") ? "." : Project, "results");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{DateTime.UtcNow:yyyy-MM-dd}.md");
        var title = $"# {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}";
        var sections = File.Exists(file) ? File.ReadAllText(file).Split("\n## ").Skip(1).Select(old => "## " + old.Trim()) : [];
        var heading = section.Split('\n')[0];
        File.WriteAllText(file, string.Join("\n\n", [title, .. sections.Where(old => old.Split('\n')[0] != heading), section.Trim()]) + "\n");
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
