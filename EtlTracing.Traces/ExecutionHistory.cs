using Amazon.StepFunctions.Model;

namespace EtlTracing.Traces;

/// <summary>Turns an execution's events into the attempts of its states.</summary>
public static class ExecutionHistory
{
    /// <summary>
    /// Events are a chain by <c>PreviousEventId</c>: TaskStateEntered, then for each try ActivityScheduled, ActivityStarted and
    /// one of ActivitySucceeded, ActivityFailed, ActivityTimedOut. Only the first names the state.
    /// </summary>
    public static IReadOnlyList<Attempt> Attempts(IReadOnlyList<HistoryEvent> events)
    {
        var states = new Dictionary<long, string>();
        var attemptOf = new Dictionary<long, int>();
        var attempts = new List<Attempt>();
        string? entered = null;
        foreach (var e in events)
        {
            var id = e.Id ?? 0;
            var previous = e.PreviousEventId ?? 0;
            // An aborted execution ends the chain; a redrive goes on with the state that was entered last.
            var state = e.StateEnteredEventDetails?.Name ?? (e.Type?.Value == "ExecutionRedriven" ? entered : states.GetValueOrDefault(previous));
            entered = e.StateEnteredEventDetails?.Name ?? entered;
            if (state is not null) states[id] = state;
            if (attemptOf.TryGetValue(previous, out var index)) attemptOf[id] = index;
            var at = new DateTimeOffset((e.Timestamp ?? default).ToUniversalTime(), TimeSpan.Zero);
            switch (e.Type?.Value)
            {
                case "ActivityScheduled" or "TaskScheduled" when state is not null:
                    attemptOf[id] = attempts.Count;
                    attempts.Add(new Attempt { State = state, Number = attempts.Count(a => a.State == state) + 1, Scheduled = at });
                    break;
                case "ActivityStarted" or "TaskStarted" when attemptOf.TryGetValue(id, out var started):
                    attempts[started] = attempts[started] with { Started = at, Worker = e.ActivityStartedEventDetails?.WorkerName };
                    break;
                case "ActivitySucceeded" or "TaskSucceeded" when attemptOf.TryGetValue(id, out var succeeded):
                    attempts[succeeded] = attempts[succeeded] with { Ended = at, OutputJson = e.ActivitySucceededEventDetails?.Output ?? e.TaskSucceededEventDetails?.Output };
                    break;
                case "ActivityFailed" when attemptOf.TryGetValue(id, out var failed):
                    Fail(failed, e.ActivityFailedEventDetails?.Error, e.ActivityFailedEventDetails?.Cause);
                    break;
                case "ActivityTimedOut" when attemptOf.TryGetValue(id, out var late):
                    Fail(late, e.ActivityTimedOutEventDetails?.Error ?? "States.Timeout", e.ActivityTimedOutEventDetails?.Cause);
                    break;
                case "TaskFailed" when attemptOf.TryGetValue(id, out var task):
                    Fail(task, e.TaskFailedEventDetails?.Error, e.TaskFailedEventDetails?.Cause);
                    break;
                case "TaskTimedOut" when attemptOf.TryGetValue(id, out var overdue):
                    Fail(overdue, e.TaskTimedOutEventDetails?.Error ?? "States.Timeout", e.TaskTimedOutEventDetails?.Cause);
                    break;
                case "ExecutionAborted" or "ExecutionTimedOut" or "ExecutionFailed":
                    // Whatever still ran ended with the execution, and a redrive begins another attempt.
                    for (var open = 0; open < attempts.Count; open++)
                        if (attempts[open].Ended is null) Fail(open, e.Type.Value == "ExecutionAborted" ? "Aborted" : e.Type.Value == "ExecutionTimedOut" ? "States.Timeout" : "States.TaskFailed", null);
                    break;
            }

            void Fail(int number, string? error, string? cause) =>
                attempts[number] = attempts[number] with { Ended = at, Error = error ?? "unknown error", Cause = cause };
        }
        return attempts;
    }

    /// <summary>A redrive starts again with the last state: where that is a Fail state, it fails again at once.</summary>
    public static bool EndedInFailState(IEnumerable<HistoryEvent> events) => events.Any(e => e.Type?.Value == "FailStateEntered");

    /// <summary>The same from the workflow's segment, for a list that cannot ask for each history.</summary>
    public static IReadOnlyList<Attempt> Attempts(SegmentTree tree)
    {
        var attempts = new List<Attempt>();
        foreach (var state in tree.States)
        {
            var exception = state.Subtree().SelectMany(span => span.Exceptions).FirstOrDefault();
            // A Fail state passes on what another state caught: nobody worked on it.
            if (state is { Failed: true, Children.Count: 0 } && attempts.Exists(known => known.Failed && known.State != state.Name && (known.Cause == exception?.Message || known.Error == exception?.Type))) continue;
            attempts.Add(new Attempt
            {
                State = state.Name,
                Number = attempts.Count(attempt => attempt.State == state.Name) + 1,
                Scheduled = state.Start,
                Started = state.Children.Count > 0 ? state.Children[0].Start : null,
                Ended = state.End,
                Error = state.Failed ? exception?.Type is { Length: > 0 } type ? type : "States.TaskFailed" : null,
                Cause = state.Failed ? exception?.Message : null,
            });
        }
        return attempts;
    }
}
