using Microsoft.Extensions.Options;

namespace PromptDesigner.Runtime.Files;

/// <summary>Section <c>Files</c>: what may be uploaded.</summary>
public sealed class FileStoreOptions
{
    /// <summary>Bytes of one file.</summary>
    public long MaxBytes { get; set; } = 25 * 1024 * 1024;
}

/// <summary>Stops the start at a wrong value.</summary>
public sealed class FileStoreOptionsCheck : IValidateOptions<FileStoreOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, FileStoreOptions options) => options.MaxBytes is >= 1 and <= 1024 * 1024 * 1024
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Files:MaxBytes is out of range; allowed are 1 to 1073741824 bytes (1 GiB).");
}
