using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace PromptDesigner.Runtime.Sending;

/// <summary>
/// MailKit's client for one mail: it keeps every recipient that was refused, and whether the final dot may be on its way.
/// A refused recipient ends the talk before DATA, which is MailKit's own behaviour and kept.
/// </summary>
internal sealed class SmtpTalk : SmtpClient, ITransferProgress
{
    // BDAT has no final dot; with SMTPUTF8 MailKit names domains in the envelope by their letters, which the next server may not know
    private const SmtpCapabilities Unused = SmtpCapabilities.BinaryMime | SmtpCapabilities.Chunking | SmtpCapabilities.UTF8;

    private readonly List<(string Address, int Code, string Words)> _refused = [];
    private volatile bool _whole;

    /// <summary>How far it came.</summary>
    public SmtpStage Stage { get; set; }

    /// <summary>
    /// True from the moment that nothing is left to write but the final dot. MailKit reports each part of the message after it was
    /// written, and writes the dot after the last report; it counts doubled dots but leaves them out of the total, so this
    /// may be true a few bytes early and never late.
    /// </summary>
    public bool Whole => _whole;

    /// <summary>The recipients that the server refused, with its number and words.</summary>
    public IReadOnlyList<(string Address, int Code, string Words)> RefusedRecipients => _refused;

    /// <summary>Forgets what the server offers and this client does not use.</summary>
    public void UseOnlyWhatIsNeeded() => Capabilities &= ~Unused;

    void ITransferProgress.Report(long bytesTransferred, long totalSize) => _whole = bytesTransferred >= totalSize;

    void ITransferProgress.Report(long bytesTransferred) => _whole = true;

    /// <inheritdoc />
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refused.Add((mailbox.GetAddress(idnEncode: true), (int)response.StatusCode, response.Response));
        base.OnRecipientNotAccepted(message, mailbox, response);
    }
}

/// <summary>What was being done when a delivery ended.</summary>
internal enum SmtpStage
{
    Connecting,
    LoggingIn,
    HandingOver,
}
