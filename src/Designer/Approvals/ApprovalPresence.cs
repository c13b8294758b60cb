using System.Collections.Concurrent;

namespace PromptDesigner.Designer.Approvals;

/// <summary>Who has which approval open at this moment, so that two reviewers see each other. Known to this process; decides nothing.</summary>
public sealed class ApprovalPresence
{
    private readonly ConcurrentDictionary<(Guid Approval, Guid Visit), string> _open = new();

    /// <summary>Somebody came to an approval, or left it: who shows that approval looks again. Raised on the other's thread.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Somebody opens an approval, until the answer is disposed.</summary>
    public IDisposable Enter(Guid approval, string person)
    {
        var key = (approval, Guid.NewGuid());
        _open[key] = person;
        Changed?.Invoke(approval);
        return new Visit(this, key);
    }

    /// <summary>The others who have it open.</summary>
    public IReadOnlyList<string> Others(Guid approval, string person) =>
        [.. _open.Where(x => x.Key.Approval == approval && x.Value != person).Select(x => x.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private sealed class Visit(ApprovalPresence owner, (Guid Approval, Guid) key) : IDisposable
    {
        public void Dispose()
        {
            if (owner._open.TryRemove(key, out _)) owner.Changed?.Invoke(key.Approval);
        }
    }
}
