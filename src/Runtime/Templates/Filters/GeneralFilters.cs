using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates.Filters;

/// <summary>Filters for any kind of value.</summary>
internal static class GeneralFilters
{
    public static Filter[] All { get; } =
    [
        new("default", 0, 1, Default) { TakesNull = true, IsDefault = true, Keywords = ["allow_false"] },
        new("json", 0, 0, Json) { TakesNull = true },
        new("size", 0, 0, Size),
        new("date", 1, 1, Date),
    ];

    private static TemplateValue Default(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var isEmpty = input.Kind switch
        {
            ValueKind.Missing or ValueKind.Nil or ValueKind.Empty or ValueKind.Blank => true,
            ValueKind.Boolean => !input.Truth && !arguments.Named("allow_false").IsTruthy,
            ValueKind.Text => input.Text.Length == 0,
            ValueKind.List => Lists.Count(input) == 0,
            ValueKind.Object => input.Json.GetPropertyCount() == 0,
            _ => false,
        };
        if (!isEmpty) return input;
        return arguments.Has(0) ? arguments[0] : TemplateValue.Of("");
    }

    private static TemplateValue Json(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var json = new System.Text.StringBuilder();
        JsonText.Append(json, input, state);
        return TemplateValue.Of(json.ToString());
    }

    private static TemplateValue Size(TemplateValue input, FilterArguments arguments, RenderState state) =>
        Members.TryGet(input, "size", out var size) && input.Kind != ValueKind.Object ? size
            : TemplateValue.Of(input.Kind == ValueKind.Object ? input.Json.GetPropertyCount() : 0L);

    private static TemplateValue Date(TemplateValue input, FilterArguments arguments, RenderState state)
    {
        var text = ValueText.Of(input, state);
        var format = ValueText.Of(arguments[0], state);
        if (format.Length == 0 || text.Length == 0) return input;
        if (text is "now" or "today") throw state.NoValue("a template has no clock; read {{ run.startedAt }} or {{ run.slot }}");
        if (DateText.TryParse(text) is not { } time) return input;
        state.Made(format.Length);
        var made = DateText.Format(time, format);
        state.Made(made.Length);
        return TemplateValue.Of(made);
    }
}
