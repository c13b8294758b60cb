using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Execution;

namespace PromptDesigner.Runtime.Sending;

/// <summary>Mails as the outbox keeps them, and back.</summary>
internal static class MailRows
{
    /// <summary>A Message-ID: the same for a step of a run for ever, whatever dies in between.</summary>
    public static string IdOf(Guid run, string sortPath, string? host) =>
        $"<{run:N}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sortPath)).AsSpan(0, 8))}@{host ?? "localhost"}>";

    /// <summary>What a send gives.</summary>
    public static JsonElement Given(IReadOnlyList<string> to, string messageId, string delivery) => JsonSerializer.SerializeToElement(new { messageId, to, delivery });

    /// <summary>The row of a mail that a step made.</summary>
    public static Mail Of(NodeResult.Send send, RunState state, string sortPath, DateTimeOffset now)
    {
        var mail = send.Mail;
        var isOver = send.Way != SendWay.Smtp;
        var status = send.Way switch { SendWay.Smtp => MailStatus.Waiting, SendWay.Try => MailStatus.Simulated, _ => MailStatus.Kept };
        return new Mail
        {
            Id = Guid.CreateVersion7(now), WorkspaceId = state.Run.WorkspaceId, PipelineKey = state.Run.PipelineKey, RunKey = state.Run.Key, SortPath = sortPath,
            Status = status, TakenOver = status,
            MessageId = send.MessageId, From = mail.From, To = string.Join('\n', mail.To), Cc = string.Join('\n', mail.Cc), Subject = mail.Subject, Text = mail.Text, Html = mail.Html,
            ContentHash = HashOf(mail), Gates = string.Join('\n', send.Gates), CreatedAt = now, NextTryAt = isOver ? null : now, FinishedAt = isOver ? now : null,
            Retry = string.Create(CultureInfo.InvariantCulture, $"{mail.Retry.Attempts} {mail.Retry.DelaySeconds} {(mail.Retry.Backoff == Backoff.Exponential ? 1 : 0)} {mail.TimeoutSeconds}"),
            Code = send.Way switch { SendWay.NoServer => "no_server", SendWay.Practice => "practice", SendWay.Try => "try", _ => null },
            Answer = send.Way switch
            {
                SendWay.NoServer => "No mail server is set up, so it stays here.",
                SendWay.Practice => "The practice model wrote something in this run, so it stays here.",
                SendWay.Try => "A try sends nothing; this is what would have been sent.",
                _ => null,
            },
        };
    }

    private static string HashOf(MailDraft mail) => StepOutcome.HashOf(JsonSerializer.Serialize(new { mail.From, mail.To, mail.Cc, mail.Subject, mail.Text, mail.Html }));
}
