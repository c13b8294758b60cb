using PromptDesigner.Runtime.Templates.Rendering;
using PromptDesigner.Runtime.Templates.Syntax;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>What a filter does. It asks <paramref name="state"/> before it makes text or walks a list.</summary>
internal delegate TemplateValue FilterCall(TemplateValue input, FilterArguments arguments, RenderState state);

/// <summary>A filter: its name, how many arguments it takes, what it does.</summary>
internal sealed record Filter(string Name, int Least, int Most, FilterCall Call)
{
    /// <summary>It may be given null: <c>default</c> and <c>json</c>.</summary>
    public bool TakesNull { get; init; }

    /// <summary>It is <c>default</c>, which forgives what is missing before it.</summary>
    public bool IsDefault { get; init; }

    /// <summary>From which argument on it only compares, so that null is meant and no accident.</summary>
    public int ComparesFrom { get; init; } = int.MaxValue;

    /// <summary>Names of arguments that are given by name.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];
}

/// <summary>The arguments of one call, worked out.</summary>
internal readonly struct FilterArguments(TemplateValue[] values, IReadOnlyList<FilterArgument> written)
{
    public static FilterArguments None { get; } = new([], []);

    /// <summary>The argument at a place, named ones left out; nil where there is none.</summary>
    public TemplateValue this[int index]
    {
        get
        {
            for (var i = 0; i < values.Length; i++)
                if (written[i].Keyword is null && index-- == 0) return values[i];
            return TemplateValue.Nil;
        }
    }

    public bool Has(int index) => written.Count(a => a.Keyword is null) > index;

    public TemplateValue Named(string name)
    {
        for (var i = 0; i < values.Length; i++)
            if (written[i].Keyword == name) return values[i];
        return TemplateValue.Nil;
    }
}
