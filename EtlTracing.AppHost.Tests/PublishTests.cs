using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EtlTracing.AppHost.Tests;

/// <summary>What <c>aspire publish</c> makes, and <c>aspire deploy</c> deploys: needs Node.js, and neither containers nor an account.</summary>
public sealed class PublishTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("etl-publish").FullName;

    [Fact]
    public async Task PublishingMakesTheWholeStackAndNothingElse()
    {
        var said = await PublishAsync("--Etl:azs=2", "--Etl:alarmEmail=someone@example.com");

        var templates = Directory.GetFiles(_folder, "*.template.json", SearchOption.AllDirectories);
        Assert.True(templates.Length == 1, said);
        Assert.Equal("EtlTracing.template.json", Path.GetFileName(templates[0]));
        var resources = JsonNode.Parse(await File.ReadAllTextAsync(templates[0]))!["Resources"]!.AsObject().Select(resource => (string)resource.Value!["Type"]!).ToList();

        // Two jobs and the collector; a project that Aspire had published besides would be one more.
        Assert.Equal(3, resources.Count(type => type == "AWS::ECS::Service"));
        Assert.Single(resources, type => type == "AWS::EC2::VPC");
        Assert.Single(resources, type => type == "AWS::StepFunctions::StateMachine");
        Assert.Equal(2, resources.Count(type => type == "AWS::EC2::Subnet"));
        Assert.Single(resources, type => type == "AWS::SNS::Subscription");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A process of its own: where the CDK writes is read from the command line of the process.</summary>
    async Task<string> PublishAsync(params string[] options)
    {
        var appHost = Path.Combine(AppContext.BaseDirectory, "EtlTracing.AppHost.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", appHost, "--operation", "publish", "--step", "publish", "--output-path", _folder, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        // With an account at hand the CDK would be asked what is in it.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = start.Environment["AWS_CONFIG_FILE"] = Path.Combine(_folder, "none");
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return string.Concat(said);
    }
}
