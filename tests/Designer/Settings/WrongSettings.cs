namespace PromptDesigner.Designer.Tests.Settings;

/// <summary>Configuration with which the application must not start.</summary>
/// <param name="Key">The key that the one line must name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Names">What the line must say beside it.</param>
/// <param name="More">Settings beside it, <c>key=value</c>.</param>
public sealed record WrongSetting(string Key, string Value, string Names, params string[] More)
{
    private const string Local = "Models:Connections:local:";

    /// <summary>Every row breaks another rule.</summary>
    public static IReadOnlyList<WrongSetting> All { get; } =
    [
        new("Urls", "", "empty"),
        new("Urls", "localhost", "no address"),
        new("Urls", "ftp://127.0.0.1:1", "no address"),
        new("Urls", "http://127.0.0.1:99999", "no address"),
        new("Urls", "https://127.0.0.1:5443", "reverse proxy"),
        new("Urls", "http://127.0.0.1:5081/base", "without a path"),
        new("Urls", "http://192.0.2.1:5080", "cannot listen"),
        new("Role", "master", "all is allowed"),
        new("Role", "worker", "not available"),
        new("Database:Provider", "oracle", "sqlite"),
        new("Database:Provider", "postgres", "not available"),
        new("Database:ConnectionString", "Host=db;Password=hunter2-secret", "Data Source=path"),
        new("Database:ConnectionString", "Data Source=", "Data Source=path"),
        new("Database:ConnectionString", "Data Source=:memory:", "Data Source=path"),
        new("Database:ConnectionString", "Data Source={file}/x.db", "cannot be made"),
        new("Database:ConnectionString", "Data Source={garbage}", "cannot be used"),
        new("DataDirectory", "", "empty"),
        new("DataDirectory", "{file}/data", "cannot be made"),
        new("DataDirectory", "/proc/promptdesigner", "cannot be made"),
        new("Bootstrap:AdminEmail", "nobody", "mail address"),
        new("Bootstrap:AdminEmail", "Ana <ana@example.org>", "mail address"),
        new("Bootstrap:AdminPassword", "hunter2", "12 characters"),
        new("Bootstrap:AdminPassword", "passwordpassword", "first that somebody"),
        new("Bootstrap:ApiKey", "hunter2-secret", "20 characters"),
        new(Local + "Kind", "magic", "openai and practice", "Models:Default=local/m"),
        new(Local + "Kind", "anthropic", "not available", "Models:Default=local/m"),
        new(Local + "Endpoint", "127.0.0.1:8000", "http or https", Local + "Kind=openai", "Models:Default=local/m"),
        new(Local + "ApiKey", " ", "missing", Local + "Kind=openai", "Models:Default=local/m"),
        new(Local + "Rehearse", "fail=2", "shares from 0 to 1", Local + "Kind=practice", "Models:Default=local/m"),
        new("Models:Default", "gpt", "connection/model"),
        new("Models:Default", "openai/gpt-4.1", "openai"),
        new("Models:Prices:m", "", "negative", "Models:Prices:m:Input=-1"),
        new("Models:Prices:m:Output", "cheap", "number"),
        new("Files:MaxBytes", "0", "1 to 1073741824"),
        new("Files:MaxBytes", "25 MB", "whole number"),
        new("Files", "", "'MaxByte'", "Files:MaxByte=5"),
        new("Limits:RunCost", "-1", "negative"),
        new("Limits:DayCost", "five", "number"),
        new("Limits:RunTokens", "1.5", "whole number"),
        new("Limits:RequestsPerMinute", "-5", "negative"),
        new("Runs:MaxConcurrency", "0", "1 to 10000"),
        new("Runs:MaxConcurrency", "many", "whole number"),
        new("Runs:MaxParallelNodes", "5000", "1 to 1000"),
        new("Runs:MaxQueued", "-1", "0 (no limit)"),
        new("Runs:Lease", "00:00:01", "00:00:03"),
        new("Runs:Drain", "soon", "duration"),
        new("Runs:Drain", "01:00:00", "00:10:00"),
        new("Runs", "", "'MaxConcurency'", "Runs:MaxConcurency=5"),
        new("Limits", "", "'Requests'", "Limits:Requests=5"),
        new("Models", "", "'Endpiont'", Local + "Kind=openai", Local + "Endpiont=http://127.0.0.1:1", "Models:Default=local/m"),
        new("Smtp:Host", "", "missing", "Smtp:From=desk@example.org"),
        new("Smtp:Port", "0", "1 and 65535", "Smtp:Host=mail.example.org", "Smtp:From=desk@example.org"),
        new("Smtp:Port", "many", "whole number", "Smtp:Host=mail.example.org", "Smtp:From=desk@example.org"),
        new("Smtp:From", "nobody", "no address", "Smtp:Host=mail.example.org"),
        new("Smtp", "", "'Hots'", "Smtp:Hots=mail.example.org"),
        new("Runs:Retention", "90.00:00:00", "leave it out"),
    ];
}
