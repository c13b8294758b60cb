using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>How a setting writes what it reads.</summary>
internal enum ReadingForm { Template, Bare, Condition }

/// <summary>One value that a setting reads.</summary>
/// <param name="Node">The reader's position in the document.</param>
/// <param name="Pointer">Where the text stands in the document.</param>
/// <param name="Setting">The setting's name.</param>
/// <param name="Source">The text that reads.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Path">What is read.</param>
/// <param name="MayBeMissing">A missing value is no error here.</param>
/// <param name="Inside">True where a container reads from within itself.</param>
/// <param name="Line">In the source, from 1.</param>
/// <param name="Column">In the line, from 1.</param>
internal sealed record Reading(int Node, string Pointer, string Setting, string Source, ReadingForm Form, ValuePath Path, bool MayBeMissing, bool Inside, int Line, int Column);
