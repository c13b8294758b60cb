using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace PromptDesigner.Designer.Shared;

/// <summary>SVG's <c>text</c>, whose name Razor keeps for itself.</summary>
public sealed class SvgText : ComponentBase
{
    /// <summary>What is written.</summary>
    [Parameter, EditorRequired] public string Words { get; set; } = "";

    /// <summary>The element's attributes.</summary>
    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    /// <inheritdoc />
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddMultipleAttributes(1, Attributes);
        builder.AddContent(2, Words);
        builder.CloseElement();
    }
}
