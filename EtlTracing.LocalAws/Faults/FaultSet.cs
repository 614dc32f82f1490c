namespace EtlTracing.LocalAws.Faults;

/// <summary>The rules in force, and what they did. None at start, and none after a restart.</summary>
public sealed class FaultSet
{
    const int MostRecords = 1000;

    readonly Lock _lock = new();
    readonly Queue<FaultRecord> _records = new();
    Armed[] _rules = [];

    public IReadOnlyList<FaultRule> Rules => [.. _rules.Select(armed => armed.Rule)];

    /// <summary>The last faults, the oldest first; at most a thousand.</summary>
    public IReadOnlyList<FaultRecord> Records
    {
        get
        {
            lock (_lock) return [.. _records];
        }
    }

    /// <summary>True when no rule is in force: then requests pay nothing.</summary>
    public bool IsEmpty => _rules.Length == 0;

    public void Set(IReadOnlyList<FaultRule> rules)
    {
        lock (_lock)
        {
            _rules = [.. rules.Select(rule => new Armed(rule))];
            _records.Clear();
        }
    }

    /// <summary>The rule that this request falls to, or null: the first that matches and whose dice say so.</summary>
    public FaultRule? Pick(string service, string operation, string key)
    {
        lock (_lock) return _rules.FirstOrDefault(armed => armed.Rule.Matches(service, operation, key) && armed.Strikes())?.Rule;
    }

    public void Add(FaultRecord record)
    {
        lock (_lock)
        {
            _records.Enqueue(record);
            if (_records.Count > MostRecords) _records.Dequeue();
        }
    }

    sealed class Armed(FaultRule rule)
    {
        readonly Random _dice = new(rule.Seed);
        int _struck;

        public FaultRule Rule => rule;

        public bool Strikes()
        {
            if (_dice.NextDouble() >= rule.Probability || _struck >= rule.Times) return false;
            _struck++;
            return true;
        }
    }
}
