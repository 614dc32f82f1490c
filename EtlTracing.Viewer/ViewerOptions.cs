namespace EtlTracing.Viewer;

/// <param name="Bucket">Where inputs and outputs lie.</param>
/// <param name="StateMachineArn">Whose executions are the runs.</param>
/// <param name="AllowActions">Whether runs may be redriven and started again from a page.</param>
public sealed record ViewerOptions(string Bucket, string StateMachineArn, bool AllowActions)
{
    const string AllowActionsSwitch = "--allow-actions";

    public static ViewerOptions Read(IConfiguration settings, string[] args) => new(
        settings[EtlEnvironment.Bucket] ?? EtlNames.Bucket,
        settings[EtlEnvironment.StateMachineArn]
            ?? $"arn:aws:states:{settings["AWS_REGION"] ?? EtlNames.LocalRegion}:{EtlNames.LocalAccount}:stateMachine:{EtlNames.StateMachine}",
        args.Contains(AllowActionsSwitch));

    /// <summary>The configuration of ASP.NET Core would take the switch for a key and the next argument for its value.</summary>
    public static string[] WithoutSwitches(string[] args) => [.. args.Where(arg => arg != AllowActionsSwitch)];
}
