namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>The names of things: <c>arn:aws:states:us-east-2:000000000000:execution:machine:name</c>.</summary>
public sealed class Arns(LocalCloudOptions options)
{
    readonly string _prefix = $"arn:aws:states:{options.Region}:{options.Account}:";

    public string StateMachine(string name) => $"{_prefix}stateMachine:{name}";
    public string Activity(string name) => $"{_prefix}activity:{name}";
    public string Execution(string machine, string name) => $"{_prefix}execution:{machine}:{name}";
    public string MapRun(string machine, string label, string id) => $"{_prefix}mapRun:{machine}/{label}:{id}";
    public string Region => options.Region;
    public string Account => options.Account;

    /// <summary>Checks that a text is an ARN of one of these kinds, and gives it back.</summary>
    public static string Check(string arn, params string[] kinds)
    {
        if (!arn.StartsWith("arn:", StringComparison.Ordinal)) throw ServiceException.InvalidArn("Invalid ARN prefix: " + arn);
        var parts = arn.Split(':');
        if (parts.Length < 7 || parts[2] != "states") throw ServiceException.InvalidArn("Invalid ARN: " + arn);
        if (!kinds.Contains(parts[5])) throw ServiceException.InvalidArn("Resource type not valid in this context: " + parts[5]);
        if (parts[6].Length == 0) throw ServiceException.InvalidArn("Invalid ARN: " + arn);
        return arn;
    }

    /// <summary>Names are 1 to 80 characters without white space, brackets, wildcards, control and other special characters.</summary>
    public static string CheckName(string name)
    {
        if (name.Length is 0 or > 80) throw ServiceException.InvalidName(name);
        foreach (var c in name)
            if (char.IsWhiteSpace(c) || c <= '\u001f' || c is >= '\u007f' and <= '\u009f' || "<>{}[]?*\"#%\\^|~`$&,;:/".Contains(c))
                throw ServiceException.InvalidName(name);
        return name;
    }
}
