namespace PromptDesigner.Runtime.Sending;

/// <summary>A mail that must not be sent as it is. Its message says which part is wrong, and lets a person mend it.</summary>
public sealed class UnfitMailException(string message) : Exception(message);
