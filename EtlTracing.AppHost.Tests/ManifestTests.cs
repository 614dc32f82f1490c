using System.Text.Json.Nodes;

namespace EtlTracing.AppHost.Tests;

public class ManifestTests
{
    [Fact]
    public async Task TheManifestListsEverythingAndHoldsNoSecret()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("etl-manifest").FullName, "aspire-manifest.json");
        try
        {
            await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.EtlTracing_AppHost>(
                ["--publisher", "manifest", "--output-path", file, "--AppHost:OtlpApiKey=not-for-the-manifest"]);
            await using var app = await builder.BuildAsync();
            await app.RunAsync();

            var text = await File.ReadAllTextAsync(file);
            var resources = JsonNode.Parse(text)!["resources"]!.AsObject();
            Assert.Equal(["aws", "otel-collector", "trigger", "clean-job", "process-job", "viewer"], resources.Select(resource => resource.Key));
            Assert.DoesNotContain("not-for-the-manifest", text, StringComparison.Ordinal);
            Assert.DoesNotContain("AWS_SECRET_ACCESS_KEY", text, StringComparison.Ordinal);
            Assert.DoesNotContain("x-otlp-api-key", text, StringComparison.Ordinal);
            Assert.Equal("{aws.output.BucketName}", (string?)resources["clean-job"]!["env"]![EtlEnvironment.Bucket]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
