namespace PromptDesigner.Data.Storage;

/// <summary>Section <c>Database</c>, and <c>DataDirectory</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary><c>sqlite</c>; the only one so far.</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>Null: <c>promptdesigner.db</c> in the data directory.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Where the database file, its lock and its backups lie.</summary>
    public string DataDirectory { get; set; } = "data";
}
