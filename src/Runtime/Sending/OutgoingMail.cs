namespace PromptDesigner.Runtime.Sending;

/// <summary>One mail as it was decided on. The same record makes the same bytes, apart from the date.</summary>
/// <param name="Id">Its row; parts of a mail are told apart by it.</param>
/// <param name="MessageId">Like <c>&lt;0198…@host&gt;</c>, the same over every attempt.</param>
/// <param name="From">One address, maybe with a name.</param>
/// <param name="To">Addresses as <see cref="MailAddresses.Parse"/> answers them.</param>
/// <param name="Cc">Addresses that everybody sees as copied.</param>
/// <param name="Subject">One line: see <see cref="MailComposer.HeaderProblem"/>.</param>
/// <param name="Text">The plain body.</param>
/// <param name="Html">The body with markup; with <paramref name="Text"/>, readers choose.</param>
public sealed record OutgoingMail(Guid Id, string MessageId, string From, IReadOnlyList<string> To, IReadOnlyList<string> Cc, string Subject, string? Text, string? Html)
{
    /// <summary>The program itself wrote it: its headers ask other programs not to answer, so that no two of them talk to each other for ever.</summary>
    public bool IsAutomatic { get; init; }
}
