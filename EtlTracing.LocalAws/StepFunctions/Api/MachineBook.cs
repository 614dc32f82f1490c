using System.Collections.Concurrent;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>The state machines at their newest revisions. Executions keep the revision they were started with.</summary>
public sealed class MachineBook : IDisposable
{
    readonly ConcurrentDictionary<string, Machine> _machines = new();
    readonly SemaphoreSlim _gate = new(1);
    readonly Store _store;
    readonly Journal _journal;
    readonly TimeProvider _time;
    readonly Arns _arns;
    readonly RevisionNumbers _revisions;

    public MachineBook(Store store, Journal journal, Arns arns, RevisionNumbers revisions, TimeProvider time)
    {
        _store = store;
        _journal = journal;
        _time = time;
        _arns = arns;
        _revisions = revisions;
        foreach (var revision in store.Query("SELECT revision FROM machines", row => row.GetInt64(0)))
            if (store.Revision(revision) is { } machine) _machines[machine.Arn] = machine;
    }

    public Machine? Find(string arn) => _machines.GetValueOrDefault(arn);

    public IReadOnlyList<Machine> All() => [.. _machines.Values.OrderBy(machine => machine.Name, StringComparer.Ordinal)];

    /// <summary>Makes a state machine; the same one again is no error.</summary>
    public async Task<Machine> CreateAsync(string name, Func<string, Machine> make, string tags)
    {
        var arn = _arns.StateMachine(name);
        await _gate.WaitAsync();
        try
        {
            var now = Store.Seconds(_time.GetUtcNow());
            var machine = make(arn) with { Created = now, Updated = now, Revision = _revisions.Next(), RevisionId = Guid.NewGuid().ToString() };
            if (_machines.TryGetValue(arn, out var same))
                return same.Definition == machine.Definition && same.Type == machine.Type && same.Tracing == machine.Tracing && same.Logging == machine.Logging
                    ? same
                    : throw new ServiceException("StateMachineAlreadyExists", $"State Machine Already Exists: '{arn}'");
            // A deleted machine's executions can still be read, but they are none of a new one of the same name.
            await _journal.WriteAsync(writer =>
            {
                Retention.Forget(writer, _store.Query("SELECT sequence FROM executions WHERE machine = $1 OR (machine > $1 || '/' AND machine < $1 || '0')", row => row.GetInt64(0), arn));
                Store.Save(writer, machine, tags);
            });
            _machines[machine.Arn] = machine;
            return machine;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<Machine> UpdateAsync(string arn, Func<Machine, Machine> change)
    {
        await _gate.WaitAsync();
        try
        {
            var old = Find(arn) ?? throw ServiceException.NoMachine(arn);
            var changed = change(old);
            // An update that changes nothing makes no revision.
            if (changed == old) return old;
            var machine = changed with { Updated = Store.Seconds(_time.GetUtcNow()), Revision = _revisions.Next(), RevisionId = Guid.NewGuid().ToString(), WasUpdated = true };
            await _journal.WriteAsync(writer => Store.Save(writer, machine, "{}"));
            _machines[arn] = machine;
            return machine;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task DeleteAsync(string arn)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_machines.TryRemove(arn, out _)) return;
            await _journal.WriteAsync(writer => writer.Run("DELETE FROM machines WHERE arn = $1", arn));
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
