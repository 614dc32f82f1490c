using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>The segment's sql block; other databases stay plain attributes.</summary>
static class SqlBlock
{
    public static JsonObject? Take(SpanAttributes rest, string spanName)
    {
        var system = rest.Text("db.system");
        if (system is not ("db2" or "derby" or "hive" or "mariadb" or "mssql" or "mysql" or "oracle" or "postgresql" or "sqlite" or "teradata" or "other_sql"))
            return null;
        var connection = rest.Text("db.connection_string");
        var sql = new JsonObject { ["connection_string"] = $"{(string.IsNullOrEmpty(connection) ? "localhost" : connection)}/{rest.Text("db.name")}" };
        // The exporter puts the span's name where X-Ray documents the connection's URL.
        Set("url", spanName);
        Set("sanitized_query", rest.Text("db.statement"));
        Set("database_type", system);
        Set("user", rest.Text("db.user"));
        foreach (var key in (ReadOnlySpan<string>)["db.connection_string", "db.system", "db.name", "db.statement", "db.user"]) rest.Remove(key);
        return sql;

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) sql[name] = value;
        }
    }
}
