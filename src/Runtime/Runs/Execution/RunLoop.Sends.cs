using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>Mails that steps handed over: sent, refused, or nobody knows.</content>
internal sealed partial class RunLoop
{
    private static bool IsSend(StepState step) => step.Node.Kind.Sends(step.Node.Settings);

    /// <summary>Takes over what became of mails. True where that changed anything.</summary>
    private async Task<bool> SettleSendsAsync()
    {
        if (!_waiting.Values.Any(IsSend)) return false;
        var (changed, waitsOn) = (false, false);
        foreach (var mail in await parts.Loader.MailsToSettleAsync(Run, _stop.Token))
        {
            if (!_waiting.TryGetValue(mail.SortPath, out var step)) continue; // its container is not restored yet
            changed = true;
            _unsaved.TakenOver.Add((mail.Id, mail.Status));
            switch (mail.Status)
            {
                case MailStatus.Sent or MailStatus.Kept:
                    Settle(step, new StepOutcome(StepStatus.Succeeded, "out", MailRows.Given(Mail.Lines(mail.To), mail.MessageId, mail.Status == MailStatus.Sent ? "smtp" : "outbox")));
                    break;
                case MailStatus.Failed or MailStatus.Cancelled:
                    Settle(step, StepOutcome.Fail(step, "send_failed", mail.Answer ?? "The mail was not sent."));
                    break;
                default: // somebody has to find out, or it is sent again
                    step.Status = mail.Status == MailStatus.Uncertain ? StepStatus.Uncertain : StepStatus.Waiting;
                    (step.ErrorCode, step.ErrorMessage) = mail.Status == MailStatus.Uncertain ? ("send_failed", mail.Answer) : (null, null);
                    _unsaved.Steps.Add((step.ToRow(state, null), null));
                    Tell(step);
                    waitsOn = true;
                    break;
            }
        }
        if (waitsOn) await FlushAsync(); // it stays among what waits, and would look like news again
        return changed;
    }
}
