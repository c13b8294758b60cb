namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>Something wrong with a setting.</summary>
/// <param name="At">Where in it: a JSON pointer; empty: the whole.</param>
/// <param name="Message">What is wrong.</param>
public sealed record Finding(string At, string Message);
