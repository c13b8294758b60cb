using System.Globalization;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Designer.Shell;

/// <summary>The start: configuration read and checked, database ready, first workspace made; what is wrong is said in one line.</summary>
public static class Start
{
    /// <summary>What the start itself needs of the configuration.</summary>
    public sealed record Settings(DatabaseOptions Database, TimeSpan Drain);

    /// <summary>Runs the application; a wrong setting ends it with one line and exit code 1.</summary>
    public static async Task<int> GuardedAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (OptionsValidationException error)
        {
            return await SayAsync(error.Failures.First());
        }
        catch (Exception error) when (error is DatabaseStartException or ConfigurationException or NodeCatalogException)
        {
            return await SayAsync(error.Message);
        }
        catch (Exception error) when (error is System.Net.Sockets.SocketException || error.InnerException is System.Net.Sockets.SocketException)
        {
            return await SayAsync($"Urls: this machine cannot listen there ({(error.InnerException ?? error).Message.TrimEnd('.')}). Set Urls to an address of its own and a free port above 1023.");
        }
        catch (IOException error) when (error.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return await SayAsync($"Urls: {error.InnerException.Message.TrimEnd('.')}. Stop the other program, or set Urls to another port.");
        }
        catch (InvalidOperationException error) when (Unreadable(error) is { } line)
        {
            return await SayAsync(line);
        }
        catch (InvalidDataException error)
        {
            return await SayAsync($"appsettings: a settings file cannot be read ({error.InnerException?.Message ?? error.Message}).");
        }
    }

    /// <summary>Adds environment variables with the prefix <c>PROMPTDESIGNER__</c> and reads what the start needs.</summary>
    public static Settings AddConfiguration(this WebApplicationBuilder builder)
    {
        builder.Configuration.AddJsonFile(Path.GetFullPath("appsettings.Local.json"), optional: true, reloadOnChange: false); // of the directory that it is started from
        builder.Configuration.AddEnvironmentVariables("PROMPTDESIGNER__");
        var configuration = builder.Configuration;
        var urls = configuration["Urls"] ?? "http://127.0.0.1:5080";
        Addresses.Check(urls);
        builder.WebHost.UseUrls(urls);
        if (configuration["Role"] is { } role && role is not "all") throw new ConfigurationException("Role", $"'{role}' is not available in this version", "all is allowed");
        var database = new DatabaseOptions
        {
            Provider = configuration["Database:Provider"] ?? "sqlite", ConnectionString = configuration["Database:ConnectionString"], DataDirectory = configuration["DataDirectory"] ?? "data",
        };
        if (database.Provider == "postgres") throw new ConfigurationException("Database:Provider", "'postgres' is not available in this version", "sqlite is allowed");
        if (database.Provider != "sqlite") throw new ConfigurationException("Database:Provider", $"'{database.Provider}' is unknown", "sqlite is allowed");
        if (string.IsNullOrWhiteSpace(database.DataDirectory) || database.DataDirectory.Contains('\0')) throw new ConfigurationException("DataDirectory", "it is empty", "write a directory's path");
        try
        {
            if (database.ConnectionString is { } given && new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(given) is var parts && (parts.DataSource.Trim().Length == 0 || parts.DataSource == ":memory:" || parts.Mode != Microsoft.Data.Sqlite.SqliteOpenMode.ReadWriteCreate))
                throw new ConfigurationException("Database:ConnectionString", "it names no file that can be written", "write it as Data Source=path");
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException("Database:ConnectionString", "it cannot be read", "write it as Data Source=path");
        }
        if (configuration["Runs:Retention"] is not null) throw new ConfigurationException("Runs:Retention", "it does nothing in this version", "leave it out");
        var drain = TimeSpan.FromSeconds(20);
        if (configuration["Runs:Drain"] is { } text && !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out drain))
            throw new ConfigurationException("Runs:Drain", $"'{text}' is no duration", "write one such as 00:00:20");
        return new Settings(database, drain);
    }

    /// <summary>Makes the database ready and, where it is empty and that was configured, the first workspace with its starters.</summary>
    public static async Task PrepareAsync(this WebApplication app)
    {
        var cancel = app.Lifetime.ApplicationStopping;
        _ = app.Services.GetRequiredService<NodeCatalog>();
        app.Services.GetService<IStartupValidator>()?.Validate(); // before the database is touched
        await app.Services.GetRequiredService<DatabaseStart>().RunAsync(cancel);
        if (await app.Services.GetRequiredService<Bootstrap>().RunAsync(StarterLibrary.Files().Count(), cancel) is { } administrator)
            await app.Services.GetRequiredService<StarterLibrary>().PublishAllAsync(administrator, cancel);
    }

    /// <summary>What the binder of options could not read, in words of our own; its sentences name types.</summary>
    private static string? Unreadable(Exception? error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            var parts = inner.Message.Split('\'');
            if (inner.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) && parts.Length >= 7) return $"{parts[^4]}: '{parts[1]}' cannot be read as {Wanted(parts[^2])}.";
            if (inner.Message.StartsWith("'ErrorOnUnknownConfiguration'", StringComparison.Ordinal) && inner.InnerException is null)
                return $"{Section(inner.Message)}: there is no setting '{parts[^2]}' there; appsettings.Example.json shows every key.";
        }
        return null;
    }

    private static string Section(string message) => message.Contains("RunOptions", StringComparison.Ordinal) ? "Runs"
        : message.Contains("LimitOptions", StringComparison.Ordinal) ? "Limits" : message.Contains("FileStoreOptions", StringComparison.Ordinal) ? "Files" : message.Contains("MailOptions", StringComparison.Ordinal) ? "Smtp"
        : message.Contains("BootstrapOptions", StringComparison.Ordinal) ? "Bootstrap" : "Models";

    private static string Wanted(string type) => type.Split('.')[^1] switch
    {
        "Int32" or "Int64" => "a whole number",
        "Decimal" or "Double" => "a number with a dot",
        "TimeSpan" => "a duration such as 00:00:20",
        "Boolean" => "true or false",
        _ => "what is wanted there",
    };

    private static async Task<int> SayAsync(string line)
    {
        await Console.Error.WriteLineAsync("PromptDesigner does not start. " + line.ReplaceLineEndings(" "));
        return 1;
    }
}

/// <summary>A wrong setting: its key, what is wrong with it, and what is allowed.</summary>
public sealed class ConfigurationException(string key, string problem, string allowed) : Exception($"{key}: {problem}; {allowed}.");
