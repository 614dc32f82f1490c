namespace EtlTracing.AppHost.Tests;

/// <summary>The AppHost's model as it stands before anything starts.</summary>
sealed class AppModel : IAsyncDisposable
{
    readonly IDistributedApplicationTestingBuilder _builder;

    AppModel(IDistributedApplicationTestingBuilder builder) => _builder = builder;

    public static async Task<AppModel> CreateAsync(params string[] args) =>
        new(await DistributedApplicationTestingBuilder.CreateAsync<Projects.EtlTracing_AppHost>(args));

    /// <summary>What AppHost.cs names: parameters and the resources that Aspire adds for its own use left out.</summary>
    public IReadOnlyList<string> Names => [.. Declared.Select(resource => resource.Name)];

    public IResource this[string name] => _builder.Resources.Single(resource => resource.Name == name);

    public IReadOnlyList<string> Parameters => [.. _builder.Resources.OfType<ParameterResource>().Select(parameter => parameter.Name)];

    IEnumerable<IResource> Declared => _builder.Resources.Where(resource => resource is not ParameterResource && !resource.Name.EndsWith("-rebuilder", StringComparison.Ordinal));

    public IReadOnlyList<string> WaitsOf(string name) =>
        [.. this[name].Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct()];

    /// <summary>Environment with references as expressions, such as <c>{aws.bindings.http.url}</c>: nothing has an address yet.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentOfAsync(string name)
    {
        var values = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(_builder.ExecutionContext, this[name], values);
        foreach (var annotation in this[name].Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);
        return values.ToDictionary(pair => pair.Key, pair => Text(pair.Value));
    }

    public async Task<IReadOnlyList<string>> ArgumentsOfAsync(string name)
    {
        var values = new List<object>();
        var context = new CommandLineArgsCallbackContext(values, this[name]) { ExecutionContext = _builder.ExecutionContext };
        foreach (var annotation in this[name].Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await annotation.Callback(context);
        return [.. values.Select(Text)];
    }

    public ValueTask DisposeAsync() => _builder.DisposeAsync();

    static string Text(object value) => value switch
    {
        string text => text,
        IManifestExpressionProvider expression => expression.ValueExpression,
        _ => throw new InvalidOperationException($"a value of type {value.GetType()}"),
    };
}
