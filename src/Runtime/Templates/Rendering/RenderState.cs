using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Templates.Syntax;

namespace PromptDesigner.Runtime.Templates.Rendering;

internal enum Flow : byte { On, Break, Continue }

/// <summary>One rendering: its output, its variables, and what is left of its limits.</summary>
internal sealed class RenderState(Source source, IValues values, TemplateLimits limits, CancellationToken cancel)
{
    private readonly long deadline = Stopwatch.GetTimestamp() + (long)(limits.Time.TotalSeconds * Stopwatch.Frequency);
    private readonly long mostMade = 2L * limits.Output;
    private readonly Dictionary<string, TemplateValue> assigned = new(StringComparer.Ordinal);
    private readonly List<(string Name, TemplateValue Value)> loops = [];
    private StringBuilder output = new();
    private int stepsLeft = limits.Steps;
    private int untilClock;
    private long made;

    /// <summary>Where each loop ended, for <c>offset: continue</c>.</summary>
    public Dictionary<string, int> LoopEnds { get; } = new(StringComparer.Ordinal);

    public string Output => output.ToString();

    /// <summary>The filter or expression at work, for errors that come from inside it.</summary>
    public (int From, int To) Place { get; set; }

    public void Step(int count = 1)
    {
        stepsLeft -= count;
        if (stepsLeft < 0 || count < 0) throw TooManySteps();
        untilClock -= count;
        if (untilClock <= 0) LookAtClock();
    }

    /// <summary>Counts text that a filter or <c>capture</c> is about to make; called before the memory is taken.</summary>
    public void Made(long characters)
    {
        made += characters;
        if (made > mostMade) throw TooMuchText();
        if (characters > 1_000) LookAtClock();
    }

    public void Write(ReadOnlySpan<char> text)
    {
        if (output.Length + (long)text.Length > limits.Output) throw TooMuchText();
        output.Append(text);
    }

    public void Write(in TemplateValue value)
    {
        if (value.Kind is ValueKind.List or ValueKind.Object) JsonText.Append(output, value, this);
        else Write(ValueText.Of(value, this));
        if (output.Length > limits.Output) throw TooMuchText();
    }

    /// <summary>Renders aside, for <c>capture</c>.</summary>
    public (string Text, Flow Flow) Capture(Block block)
    {
        var outside = output;
        output = new StringBuilder();
        var flow = block.Render(this);
        var text = output.ToString();
        output = outside;
        Made(text.Length);
        return (text, flow);
    }

    public void Assign(string name, in TemplateValue value) => assigned[name] = value;

    public void EnterLoop(string variable, ForLoop loop)
    {
        loops.Add(("forloop", TemplateValue.Of(loop)));
        loops.Add((variable, TemplateValue.Nil));
    }

    public void SetLoopVariable(in TemplateValue value) => loops[^1] = (loops[^1].Name, value);

    public void LeaveLoop() => loops.RemoveRange(loops.Count - 2, 2);

    public ForLoop? CurrentLoop => loops.Count == 0 ? null : loops[^2].Value.Loop;

    public bool TryGet(string name, out TemplateValue value)
    {
        for (var i = loops.Count - 1; i >= 0; i--)
        {
            if (!string.Equals(loops[i].Name, name, StringComparison.Ordinal)) continue;
            value = loops[i].Value;
            return true;
        }
        if (assigned.TryGetValue(name, out value)) return true;
        if (!values.TryGet(name, out var json) || json.ValueKind == JsonValueKind.Undefined) return false;
        value = TemplateValue.From(json);
        return true;
    }

    public TemplateRenderException TooManySteps() =>
        Limit($"The template takes too many steps (limit {limits.Steps:N0}). Loop over less.");

    public TemplateRenderException Limit(string message) => Fail("template_limit", message, null, Place.From);

    public TemplateRenderException Missing(MissingPlace place) => Fail("missing_value",
        $"'{place.Expression}' has no value here{place.Detail}{(place.Detail is ['.', ..] ? "" : ".")} Write `| default: ''` behind it if it may be missing.", place.Expression, place.Offset);

    public TemplateRenderException Null(int from, int to)
    {
        var expression = source.Excerpt(from, to);
        return Fail("missing_value", $"'{expression}' is null here. Write `| default: ''` behind it if it may be null.", expression, from);
    }

    /// <summary>The expression at work cannot be worked out with these values.</summary>
    public TemplateRenderException NoValue(string why)
    {
        var expression = source.Excerpt(Place.From, Place.To);
        return Fail("missing_value", $"'{expression}' has no value: {why}.", expression, Place.From);
    }

    private TemplateRenderException TooMuchText() => Limit($"The template makes too much text (limit {limits.Output:N0} characters). Loop over less, or cut the values with `truncate`.");

    private TemplateRenderException Fail(string code, string message, string? expression, int offset)
    {
        var (line, column) = source.Place(offset);
        return new TemplateRenderException(code, $"Line {line}, col {column}: {message}", expression, line, column);
    }

    private void LookAtClock()
    {
        untilClock = 64;
        cancel.ThrowIfCancellationRequested();
        if (Stopwatch.GetTimestamp() > deadline)
            throw Limit($"The template takes too long (limit {limits.Time.TotalMilliseconds:N0} ms). Loop over less.");
    }
}
