namespace PromptDesigner.Runtime.Templates.Rendering;

/// <summary>What <c>forloop</c> means inside a loop.</summary>
internal sealed class ForLoop(string name, int length, ForLoop? parent)
{
    public static IReadOnlyList<string> Fields { get; } =
        ["name", "length", "index", "index0", "rindex", "rindex0", "first", "last", "parentloop"];

    /// <summary>The round, from 0.</summary>
    public int Round { get; set; }

    public bool TryGet(string field, out TemplateValue value)
    {
        TemplateValue? found = field switch
        {
            "name" => TemplateValue.Of(name),
            "length" => TemplateValue.Of((long)length),
            "index" => TemplateValue.Of(Round + 1L),
            "index0" => TemplateValue.Of((long)Round),
            "rindex" => TemplateValue.Of((long)(length - Round)),
            "rindex0" => TemplateValue.Of(length - Round - 1L),
            "first" => TemplateValue.Of(Round == 0),
            "last" => TemplateValue.Of(Round == length - 1),
            "parentloop" when parent is not null => TemplateValue.Of(parent),
            _ => null,
        };
        value = found ?? TemplateValue.Nil;
        return found is not null;
    }
}
