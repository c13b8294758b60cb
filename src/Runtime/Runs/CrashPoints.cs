namespace PromptDesigner.Runtime.Runs;

/// <summary>Named places at which tests let the process die. Nothing happens there otherwise.</summary>
public sealed class CrashPoints
{
    /// <summary>Called with the place's name; a test throws here, and at every later place, to act dead.</summary>
    public Action<string>? OnHit { get; set; }

    /// <summary>Marks a place.</summary>
    public void Hit(string name) => OnHit?.Invoke(name);
}
