namespace PromptDesigner.Runtime.Templates.Syntax;

/// <summary>Sentences about tags that are not there or stand in the wrong place.</summary>
internal static class Tags
{
    private static readonly string[] Known =
        ["if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "for", "endfor", "break", "continue", "assign", "capture", "endcapture", "raw", "endraw", "comment", "endcomment"];

    private static readonly string[] LeftOut =
        ["include", "render", "layout", "section", "cycle", "tablerow", "increment", "decrement", "liquid", "echo", "ifchanged", "doc", "style", "form", "paginate"];

    public static string Unknown(string tag, OpenBlock? around)
    {
        if (tag is "else" or "elsif" or "when")
        {
            return around is null
                ? $"{{% {tag} %}} stands outside of any block. Put it between {{% {(tag == "when" ? "case" : "if")} %}} and its end."
                : $"{{% {tag} %}} does not belong into {{% {around.Tag} %}}.";
        }
        if (LeftOut.Contains(tag)) return $"The tag '{tag}' is left out of this Liquid; there are if, unless, case, for, assign, capture, raw and comment.";
        return NearestName.Of(tag, Known) is { } near
            ? $"There is no tag '{tag}'. Did you mean '{near}'?"
            : $"There is no tag '{tag}'. Tags are if, unless, case, for, assign, capture, raw and comment.";
    }

    public static string StrayEnd(string tag, OpenBlock? around, Source source)
    {
        if (around is null)
        {
            return Known.Contains(tag)
                ? $"{{% {tag} %}} closes nothing: no {{% {tag[3..]} %}} is open here. Remove it."
                : Unknown(tag, around);
        }
        return $"{{% {around.Tag} %}} of line {source.Place(around.Offset).Line} is still open. Close it with {{% end{around.Tag} %}} before {{% {tag} %}}.";
    }
}
