namespace PromptDesigner.Runtime.Notices;

/// <summary>Where people open the application: what links in mails begin with.</summary>
/// <param name="urls">The configuration's <c>Urls</c>; null: as the program starts without it.</param>
public sealed class ApplicationAddress(string? urls)
{
    private const int Longest = 300;

    /// <summary>Where it listens, as far as that can be typed into a browser: what counts while nobody has said where people open it. Behind a proxy it is wrong.</summary>
    public string Listening { get; } = (urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "http://127.0.0.1:5080")
        .Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://[::]", "://localhost", StringComparison.Ordinal).TrimEnd('/');

    /// <summary>The link to a page.</summary>
    /// <param name="stored">What an administrator said; null: nothing.</param>
    /// <param name="path">From the application's root.</param>
    public string Link(string? stored, string path) => (stored ?? Listening) + path;

    /// <summary>An address as it is stored, or what is wrong with it.</summary>
    public static (string? Address, string? Problem) Read(string text)
    {
        var typed = text.Trim();
        if (typed.Length > Longest) return (null, $"must have {Longest} characters at most");
        if (typed.Any(x => char.IsControl(x) || char.IsWhiteSpace(x)) || !Uri.TryCreate(typed, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0) return (null, "must be an address such as https://prompts.example.com");
        if (address.UserInfo.Length > 0) return (null, "must not hold a user name or a password: everybody who gets a notice would read it");
        if (address.Query.Length > 0 || address.Fragment.Length > 0 || typed.Contains('?', StringComparison.Ordinal) || typed.Contains('#', StringComparison.Ordinal)) return (null, "must end before the '?' or '#'");
        return (address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/'), null);
    }
}
