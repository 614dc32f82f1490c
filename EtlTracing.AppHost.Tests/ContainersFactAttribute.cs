using System.Diagnostics;

namespace EtlTracing.AppHost.Tests;

/// <summary>A test that starts containers: skipped, with the reason, where none can run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainersFactAttribute : FactAttribute
{
    static readonly bool s_available = Available();

    public ContainersFactAttribute()
    {
        if (!s_available) Skip = "needs a container runtime that answers 'docker info', and there is none";
    }

    static bool Available()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", "info") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (docker is null) return false;
            docker.OutputDataReceived += (_, _) => { };
            docker.ErrorDataReceived += (_, _) => { };
            docker.BeginOutputReadLine();
            docker.BeginErrorReadLine();
            return docker.WaitForExit(TimeSpan.FromSeconds(20)) && docker.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
