using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>Who decides an approval; CONTRACT, <c>approval</c> and "Tries". Screens offer by it what the desk accepts.</summary>
public static class DecisionRights
{
    /// <summary>Why a person does not decide; null where the gate asks this person.</summary>
    /// <param name="request">What the gate asks for.</param>
    /// <param name="isOverdue">Its time has passed, so that those to whom it escalates may decide too.</param>
    /// <param name="starter">Who started the run; null: no person.</param>
    /// <param name="isTry">The run is a try.</param>
    /// <param name="actor">The person, with the rights of this moment.</param>
    /// <param name="otherReviewers">The addresses of everybody else in the workspace who may review; asked for only where it matters.</param>
    public static Refusal? Refuse(ApprovalRequest request, bool isOverdue, Guid? starter, bool isTry, Actor actor, Func<IReadOnlyList<string>> otherReviewers)
    {
        if (actor.Person is null) return new Refusal("person_required", "Only a person decides approvals. Use a key of your own, not a service's.");
        if (isTry && starter is { } tester) return tester == actor.Person ? null : new Refusal("forbidden", "This gate belongs to a try; only the person who tries decides it.");
        if ((actor.Rights & Rights.Reviewer) == 0) return new Refusal("forbidden", "Deciding approvals needs the right Reviewer. An administrator can give it to you.");
        if (isTry) return null;
        var asked = isOverdue ? [.. request.People, .. request.EscalateTo] : request.People;
        if (request.People.Count > 0 && !asked.Contains(actor.Name, StringComparer.OrdinalIgnoreCase)) return new Refusal("forbidden", "This gate asks other people: " + string.Join(", ", asked) + ".");
        if (starter != actor.Person || request.AllowSelf == true) return null;
        if (request.AllowSelf is null && !OthersMay()) return null;
        return new Refusal("self_approval", "You started this run; somebody else has to decide it.");

        bool OthersMay()
        {
            var others = otherReviewers();
            return request.People.Count == 0 ? others.Count > 0 : others.Any(x => asked.Contains(x, StringComparer.OrdinalIgnoreCase));
        }
    }
}
