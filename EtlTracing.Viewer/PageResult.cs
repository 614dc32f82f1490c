using EtlTracing.Viewer.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EtlTracing.Viewer;

static class PageResult
{
    /// <summary>Renders a component whose only parameter is its model.</summary>
    public static IResult Page<TPage>(object model, int status = 200) where TPage : IComponent =>
        new RazorComponentResult<TPage>(new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status };

    /// <summary>A page that says in words why there is nothing to show.</summary>
    public static IResult Words(int status, string title, string words) => Page<WordsPage>(new WordsModel(title, words), status);
}

public sealed record WordsModel(string Title, string Words);
