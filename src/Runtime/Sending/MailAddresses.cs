using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace PromptDesigner.Runtime.Sending;

/// <summary>Reads addresses strictly: what is not plainly one mailbox is refused, never repaired.</summary>
public static class MailAddresses
{
    /// <summary>How many recipients one text may name.</summary>
    public const int Most = 50;

    private const int Longest = 320;
    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        Rfc2047ComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>
    /// The addresses of a text, separated by comma, semicolon or line break, each once, as <c>anna@example.com</c> or
    /// <c>"Anna Meier" &lt;anna@example.com&gt;</c> with an ASCII domain; or a sentence that names the first wrong one.
    /// </summary>
    public static (IReadOnlyList<string> Addresses, string? Problem) Parse(string text)
    {
        var found = new List<string>();
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in Split(text))
        {
            var (mailbox, problem) = One(part);
            if (mailbox is null) return ([], problem);
            var address = mailbox.GetAddress(idnEncode: true);
            if (!known.Add(address)) continue;
            if (found.Count == Most) return ([], $"More than {Most} recipients are named; '{Shown(part)}' is one too many. Split the list.");
            found.Add(mailbox.Name is { Length: > 0 } name ? $"{MimeUtils.Quote(name)} <{address}>" : address);
        }
        return found.Count > 0 ? (found, null) : ([], "No address is named. Write one, for example anna@example.com.");
    }

    /// <summary>The mailbox that a text is, or a sentence that says why it is none.</summary>
    internal static (MailboxAddress? Mailbox, string? Problem) One(string text)
    {
        (MailboxAddress?, string?) Wrong(string why) => (null, $"'{Shown(text)}' is not an address that mail can be sent to: {why}");

        if (text.Length > 2 * Longest) return Wrong("it is too long.");
        if (HeaderText.Problem(text) is { } character) return Wrong(char.ToLowerInvariant(character[0]) + character[1..]);
        if (text.Contains("=?", StringComparison.Ordinal)) return Wrong("it is written in the coded form of a mail's source. Write the name itself.");
        if (Comment(text)) return Wrong("parentheses stand outside quotation marks. Write \"Anna (Sales)\" <anna@example.com>.");
        if (!MailboxAddress.TryParse(Strict, text, out var parsed)) return Wrong("write anna@example.com or \"Anna Meier\" <anna@example.com>.");
        if (!Stands(parsed.Address, text) && !Stands(parsed.GetAddress(idnEncode: true), text)) return Wrong("write anna@example.com or \"Anna Meier\" <anna@example.com>.");
        if (parsed.Route.Count > 0) return Wrong("it prescribes a route. Write the address alone.");
        var at = parsed.Address.LastIndexOf('@');
        if (at < 1 || at == parsed.Address.Length - 1) return Wrong("a name, an @ and a domain are needed.");
        var local = parsed.Address[..at];
        if (local.Length > 64 || !local.All(x => char.IsAsciiLetterOrDigit(x) || "!#$%&'*+-/=?^_`{|}~.".Contains(x, StringComparison.Ordinal)) || local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal))
            return Wrong("before the @ stand up to 64 letters, digits and signs such as . _ + -, without accents, quotation marks or spaces.");
        if (Domain(parsed.Address[(at + 1)..]) is not { } domain) return Wrong("what follows the @ is not a domain such as example.com.");
        var address = $"{local}@{domain}";
        if (address.Length > Longest) return Wrong($"it is longer than {Longest} characters.");
        var name = (parsed.Name ?? "").Trim();
        if (HeaderText.Problem(name) is not null) return Wrong("its name holds a line break or a control character.");
        return (new MailboxAddress(Encoding.UTF8, name, address), null);
    }

    // the parser forgives; only what stands there letter for letter is taken
    private static bool Stands(string address, string text) =>
        text.Trim().Equals(address, StringComparison.OrdinalIgnoreCase) || text.TrimEnd().EndsWith($"<{address}>", StringComparison.OrdinalIgnoreCase);

    private static string? Domain(string text)
    {
        try
        {
            var domain = Domains.GetAscii(text).ToLowerInvariant();
            if (domain == "localhost") return domain;
            var labels = domain.Split('.');
            return domain.Length <= 253 && labels.Length > 1 && labels.All(x => x.Length is > 0 and < 64) && !labels[^1].All(char.IsAsciiDigit) ? domain : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Split(string text)
    {
        var (start, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && quoted && text[i] == '\\') i++;
            else if (i < text.Length && text[i] == '"') quoted = !quoted;
            else if (i == text.Length || (!quoted && text[i] is ',' or ';' or '\r' or '\n'))
            {
                if (text[start..i].Trim(' ', '\t') is { Length: > 0 } part) yield return part;
                start = i + 1;
            }
        }
        // a backslash at the very end has passed over the end
        if (start < text.Length && quoted && text.EndsWith('\\')) yield return text[start..];
    }

    private static bool Comment(string text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (!quoted && text[i] is '(' or ')') return true;
        }
        return false;
    }

    private static string Shown(string text) => HeaderText.Line(text, 80);
}
