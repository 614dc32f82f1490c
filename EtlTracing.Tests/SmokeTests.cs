namespace EtlTracing.Tests; public class SmokeTests { [Fact] public void RepositoryIsFound() => Assert.True(File.Exists(Path.Combine(SharedData.Repository, "EtlTracing.sln"))); }
