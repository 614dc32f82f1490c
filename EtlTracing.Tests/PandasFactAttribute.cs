using System.ComponentModel;
using System.Diagnostics;

namespace EtlTracing.Tests;

/// <summary>A test that holds results against the pandas program beside the repository: skipped, with the reason, where that or pandas is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PandasFactAttribute : FactAttribute
{
    static readonly Lazy<bool> s_pandas = new(HasPandas);

    public PandasFactAttribute()
    {
        if (SharedData.Root is null) Skip = "needs the folder 'shared' beside the repository, which is not here";
        else if (!s_pandas.Value) Skip = "needs Python with pandas, which is not here";
    }

    /// <summary>The system's own Python comes first: that is where packages of the system go.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    static bool HasPandas()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(Python, ["-c", "import pandas"]) { RedirectStandardError = true })!;
            probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
