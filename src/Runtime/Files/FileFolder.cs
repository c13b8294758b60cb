using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Files;

/// <summary>Where files' bytes lie: <c>files</c> in the data directory, each under its id. Names that people gave never become paths.</summary>
internal sealed class FileFolder(Database database)
{
    /// <summary>The directory, absolute.</summary>
    public string Path { get; } = System.IO.Path.Combine(database.DataDirectory, "files");

    /// <summary>Where a stored file's bytes are.</summary>
    public string Of(Guid id) => System.IO.Path.Combine(Path, id.ToString("N"));

    /// <summary>Where an upload's bytes go until all are there.</summary>
    public string TemporaryOf(Guid id) => Of(id) + ".part";

    /// <summary>Makes the directory, for this user alone where the system knows that.</summary>
    public void Make()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
