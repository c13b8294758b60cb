namespace PromptDesigner.Runtime.Sending;

/// <summary>Says that there may be something to send, so that nobody has to wait for the next look.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    /// <summary>There may be something.</summary>
    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // it is raised already
        }
    }

    /// <summary>Until it is raised, or the time is over.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancel) => _raised.WaitAsync(most, cancel);

    public void Dispose() => _raised.Dispose();
}
