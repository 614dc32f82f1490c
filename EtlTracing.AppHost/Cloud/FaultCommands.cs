using EtlTracing.Local;

// Commands that ask for arguments are new in Aspire and marked so.
#pragma warning disable ASPIREINTERACTION001

namespace EtlTracing.AppHost.Cloud;

static class FaultCommands
{
    const string Specification = "faults";

    /// <summary>Commands on the local cloud that let requests fail, so that retries and error spans can be watched. A deployed stack has none.</summary>
    public static void WithFaultCommands(this EtlCloud cloud)
    {
        if (cloud.Endpoint is not { } endpoint) return;

        cloud.Resource.WithCommand(
            "begin-faults",
            "Let requests fail",
            context => SetAsync(endpoint, context.Arguments[Specification].Value ?? "", context.CancellationToken),
            new CommandOptions
            {
                Description = "Delays, fails or cuts the requests you name, as often as you say",
                IconName = "Bug",
                Arguments = [new InteractionInput { Name = Specification, Label = "Faults", Description = Faults.Form, InputType = InputType.Text, Required = true, Value = "s3:GetObject:fail:0.1" }],
            });
        cloud.Resource.WithCommand(
            "end-faults",
            "End faults",
            async context =>
            {
                await Faults.SetAsync(new Uri(endpoint.Url), [], context.CancellationToken);
                return CommandResults.Success();
            },
            new CommandOptions { Description = "Requests are answered as usual again", IconName = "CheckmarkCircle" });
    }

    static async Task<ExecuteCommandResult> SetAsync(EndpointReference endpoint, string specification, CancellationToken cancellationToken)
    {
        try
        {
            await Faults.SetAsync(new Uri(endpoint.Url), Faults.Parse(specification), cancellationToken);
            return CommandResults.Success();
        }
        catch (FormatException e)
        {
            return CommandResults.Failure(e.Message);
        }
    }
}
