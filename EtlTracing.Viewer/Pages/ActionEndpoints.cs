using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using EtlTracing.Traces;
using Microsoft.AspNetCore.Antiforgery;

namespace EtlTracing.Viewer.Pages;

/// <summary>What changes something: mapped only with <c>--allow-actions</c>, and only for forms of our own pages.</summary>
static class ActionEndpoints
{
    public static void MapActions(this WebApplication app)
    {
        var actions = app.MapGroup("/runs/{id}").AddEndpointFilter(async (call, next) =>
        {
            var forms = call.HttpContext.RequestServices.GetRequiredService<IAntiforgery>();
            if (!await forms.IsRequestValidAsync(call.HttpContext))
                return PageResult.Words(400, "That form is too old", "Open the run again and press the button there.");
            try
            {
                return await next(call);
            }
            catch (Exception problem) when (Problem.IsTold(problem, call.HttpContext.RequestAborted))
            {
                return PageResult.Words(502, "That did not work", problem.Message);
            }
        });

        actions.MapPost("/redrive", async (string id, AmazonStepFunctionsClient workflows, RunReader reader, CancellationToken cancel) =>
        {
            await workflows.RedriveExecutionAsync(new RedriveExecutionRequest { ExecutionArn = reader.Arn(id) }, cancel);
            return Open(id);
        });

        actions.MapPost("/stop", async (string id, AmazonStepFunctionsClient workflows, RunReader reader, CancellationToken cancel) =>
        {
            await workflows.StopExecutionAsync(new StopExecutionRequest { ExecutionArn = reader.Arn(id), Cause = "by hand, in the viewer" }, cancel);
            return Open(id);
        });

        // The same object again, as a run with a trace of its own.
        actions.MapPost("/again", async (string id, AmazonStepFunctionsClient workflows, RunReader reader, TimeProvider time, CancellationToken cancel) =>
        {
            if (await reader.FindAsync(id, cancel) is not { Input.Json: { } input } run) return PageResult.Words(404, "There is no such run", "It may be too old.");
            var name = AgainInput.Name(run.Id);
            var (again, header) = AgainInput.Of(input, time.GetUtcNow());
            await workflows.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = reader.StateMachineArn, Name = name, Input = again, TraceHeader = header }, cancel);
            return Open(name);
        });
    }

    static IResult Open(string id) => Results.Redirect("/runs/" + Uri.EscapeDataString(id));
}
