using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    const long MaxWaitSeconds = 99_999_999;

    void EnterWait(Branch branch, State state)
    {
        branch.Phase = Phase.Waiting;
        branch.Due = WaitsUntil(Flow(branch), state);
        if (branch.Due <= now) LeaveWait(branch);
    }

    void LeaveWait(Branch branch)
    {
        branch.Due = null;
        try
        {
            var flow = Flow(branch);
            Leave(branch, flow.Output(flow.Selected), flow.Selected);
        }
        catch (StateFailedException failure)
        {
            Fail(branch, failure);
        }
    }

    DateTimeOffset WaitsUntil(DataFlow flow, State state)
    {
        if (JsonComparison.Whole(state.Json["Seconds"]) is { } seconds) return Later(seconds);
        if (state.Text("SecondsPath") is { } secondsPath)
        {
            var found = Found(flow, secondsPath, "SecondsPath");
            if (JsonComparison.Whole(found) is not { } count) throw StateFailedException.AtRuntime($"The SecondsPath parameter cannot be parsed as a long value: {secondsPath} == {StateData.Write(found)}");
            if (count < 0) throw StateFailedException.AtRuntime($"The SecondsPath parameter references a negative value: {secondsPath} == {StateData.Write(found)}");
            if (count > MaxWaitSeconds) throw StateFailedException.AtRuntime("Wait state delay is too long.");
            return Later(count);
        }
        DateTimeOffset until;
        if (state.Text("TimestampPath") is { } path)
        {
            var found = Found(flow, path, "TimestampPath");
            if (JsonComparison.Text(found) is not { } text || !Timestamp.TryParse(text, out until))
                throw StateFailedException.AtRuntime($"The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} == {JsonComparison.Text(found) ?? StateData.Write(found)}");
        }
        else if (!Timestamp.TryParse(state.Text("Timestamp") ?? "", out until))
        {
            throw StateFailedException.AtRuntime($"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {state.Text("Timestamp")}");
        }
        return (until - now).TotalSeconds > int.MaxValue ? throw StateFailedException.AtRuntime("Wait state delay is too long.") : until;
    }

    static JsonNode? Found(DataFlow flow, string path, string field)
    {
        try
        {
            return flow.Find(path, flow.Selected);
        }
        catch (StateFailedException)
        {
            throw StateFailedException.AtRuntime($"The {field} parameter does not reference an input value: {path}");
        }
    }
}

/// <summary>Times as RFC 3339 writes them: upper-case T and Z, an offset, any number of decimals.</summary>
static partial class Timestamp
{
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (Shape().Match(text) is not { Success: true } match) return false;
        // More than seven decimals are more than a tick.
        var decimals = match.Groups[2].Value;
        var rest = match.Groups[1].Value + (decimals.Length > 8 ? decimals[..8] : decimals) + match.Groups[3].Value;
        return DateTimeOffset.TryParse(rest, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(\.\d{1,30})?(Z|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
