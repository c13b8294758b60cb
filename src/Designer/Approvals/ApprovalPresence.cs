using System.Collections.Concurrent;
using PromptDesigner.Designer.Shell;

namespace PromptDesigner.Designer.Approvals;

/// <summary>Who has which approval open at this moment, so that two reviewers see each other. Known to this process; decides nothing.</summary>
public sealed class ApprovalPresence(LiveViews views)
{
    private readonly ConcurrentDictionary<(Guid Approval, Guid Visit), string> _open = new();

    /// <summary>Somebody opens an approval, until the answer is disposed.</summary>
    public IDisposable Enter(Guid approval, string person)
    {
        var key = (approval, Guid.NewGuid());
        _open[key] = person;
        views.Touch();
        return new Visit(this, key);
    }

    /// <summary>The others who have it open.</summary>
    public IReadOnlyList<string> Others(Guid approval, string person) =>
        [.. _open.Where(x => x.Key.Approval == approval && x.Value != person).Select(x => x.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private sealed class Visit(ApprovalPresence owner, (Guid, Guid) key) : IDisposable
    {
        public void Dispose()
        {
            if (owner._open.TryRemove(key, out _)) owner.Leave();
        }
    }

    private void Leave() => views.Touch();
}
