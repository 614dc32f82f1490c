using System.Text;
using EtlTracing.Traces;
using EtlTracing.Viewer.Parts;
using Microsoft.AspNetCore.Antiforgery;

namespace EtlTracing.Viewer.Pages;

static class RunEndpoints
{
    public static void MapRunPages(this WebApplication app)
    {
        app.MapGet("/", () => Results.Redirect("/runs"));

        app.MapGet("/runs", async (string? status, string? q, string? sort, int? page, int? size, RunCatalog catalog, ViewerOptions options, TimeProvider time, CancellationToken cancel) =>
        {
            await catalog.RefreshAsync(cancel);
            return PageResult.Page<RunsPage>(
                RunsModel.Of(catalog, options.Bucket, time.GetUtcNow(), status, q, sort, page ?? 1, size ?? RunsModel.DefaultSize));
        });

        app.MapGet("/runs/{id}", async (string id, string? span, string? open, RunPages pages, IAntiforgery forms, HttpContext context, CancellationToken cancel) =>
        {
            var (model, problem) = await pages.ReadAsync(id, span, open == "all", cancel);
            if (model is null) return problem!;
            if (pages.AllowActions)
            {
                var tokens = forms.GetAndStoreTokens(context);
                model = model with { FormToken = tokens.RequestToken, FormField = tokens.FormFieldName };
            }
            return PageResult.Page<RunPage>(new RunPageModel(model, SpanModel.Of(model, pages.Catalog)));
        });

        app.MapGet("/runs/{id}/spans/{key}", async (string id, string key, RunPages pages, CancellationToken cancel) =>
        {
            var (model, problem) = await pages.ReadAsync(id, key, false, cancel);
            if (model is null) return problem!;
            return model is { Chosen: true } && SpanModel.Of(model, pages.Catalog) is { } span
                ? PageResult.Page<SpanPanel>(span)
                : PageResult.Words(404, "There is no such span", "The run's trace holds no span of that name, or not any more.");
        });

        app.MapGet("/runs/{id}/segments.json", async (string id, RunPages pages, CancellationToken cancel) =>
        {
            var (model, problem) = await pages.ReadAsync(id, null, false, cancel);
            if (model is null) return problem!;
            var documents = model.Detail.Tree.All.Select(span => span.Document).Where(document => document.Length > 0);
            return Results.Text("[" + string.Join(",\n", documents) + "]", "application/json", Encoding.UTF8);
        });
    }
}

public sealed record RunPageModel(RunModel Run, SpanModel? Span);
