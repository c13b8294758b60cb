using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Tests.Graphs;

namespace PromptDesigner.Runtime.Tests.Nodes;

public sealed class NodeCatalogTests
{
    [Fact]
    public void What_saved_graphs_rely_on_stays_as_approved()
    {
        var approved = PipelineFile.Beside("kinds.approved.txt");
        var actual = Describe();
        Assert.Equal(File.ReadAllText(approved).ReplaceLineEndings("\n"), actual);
    }

    [Fact]
    public void Every_setting_says_in_a_sentence_what_it_is()
    {
        foreach (var kind in NodeCatalog.Standard.Kinds)
        {
            Assert.EndsWith(".", kind.Description, StringComparison.Ordinal);
            foreach (var setting in kind.Settings) Assert.EndsWith(".", setting.Field.Help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_kind_has_a_schema_of_its_settings()
    {
        var schema = NodeCatalog.Standard.Get("classify").SettingsSchema;
        Assert.Equal(["text", "routes"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(0.6, schema.GetProperty("properties").GetProperty("minConfidence").GetProperty("default").GetDouble());
        Assert.Equal("string", schema.GetProperty("properties").GetProperty("routes").GetProperty("items").GetProperty("properties").GetProperty("port").GetProperty("type").GetString());
    }

    [Fact]
    public void Two_classes_of_one_kind_stop_the_start() =>
        Assert.Contains(nameof(SecondTwin), Assert.Throws<NodeCatalogException>(() => new NodeCatalog([typeof(FirstTwin), typeof(SecondTwin)])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(typeof(Nameless), "[Node]")]
    [InlineData(typeof(Forgetful), "does not survive JSON")]
    [InlineData(typeof(Undescribed), "[Field]")]
    [InlineData(typeof(Unholdable), "cannot hold")]
    public void A_kind_that_is_written_wrongly_stops_the_start(Type node, string says) =>
        Assert.Contains(says, Assert.Throws<NodeCatalogException>(() => new NodeCatalog([node])).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_kind_is_named_with_the_nearest()
    {
        var unknown = Assert.Throws<UnknownNodeKindException>(() => NodeCatalog.Standard.Get("Prompts"));
        Assert.Contains("did you mean 'prompt'?", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<UnknownNodeKindException>(() => NodeCatalog.Standard.Get("System.Diagnostics.Process, System"));
    }

    [Fact]
    public void Wrong_settings_are_all_found_and_the_right_ones_bound()
    {
        var bound = NodeCatalog.Standard.Bind(new GraphNode
        {
            Id = "a", Kind = "prompt",
            Settings = JsonDocument.Parse("""{ "prompt": "Hi", "temperature": 9, "maxTokens": 2.5, "modell": "x/y", "timeoutSeconds": "soon", "retry": { "attempts": 1000000000, "on": ["timeout", "never"] }, "onError": "route" }""").RootElement,
        });
        Assert.Equal(
            ["setting_range /temperature", "wrong_type /maxTokens", "unknown_setting /modell", "wrong_type /timeoutSeconds", "setting_range /retry/attempts", "setting_range /retry/on/1"],
            bound.Findings.Select(finding => $"{finding.Code} {finding.Path}"));
        Assert.Equal("model", bound.Findings[2].Suggestion);
        Assert.Equal(["out", "error"], bound.Ports);
        Assert.Equal(120, ((CallingSettings)bound.Settings).TimeoutSeconds);
    }

    private static string Describe()
    {
        var text = new StringBuilder("What saved pipelines rely on: kinds, settings with their types, ports. A change here breaks files that people have.\n");
        foreach (var kind in NodeCatalog.Standard.Kinds.OrderBy(kind => kind.Kind, StringComparer.Ordinal))
        {
            var bound = NodeCatalog.Standard.Bind(new GraphNode { Id = "x", Kind = kind.Kind });
            text.Append('\n').Append(kind.Kind).Append(kind.IsContainer ? " (container)" : "").Append(" -> ").AppendJoin(", ", bound.Ports).Append('\n');
            Append(text, kind.Settings, "  ");
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<SettingDescription> settings, string indent)
    {
        foreach (var setting in settings)
        {
            text.Append(indent).Append(setting.Name).Append(": ").Append(TypeOf(setting)).Append(setting.Field.Required ? ", required" : "");
            if (setting.Type is not (SettingType.Object or SettingType.List) && setting.Default.ValueKind is not JsonValueKind.Undefined && setting.Default.ToString() is { Length: > 0 } value) text.Append(" = ").Append(value);
            text.Append('\n');
            Append(text, (setting.Item ?? setting).Parts, indent + "  ");
        }
    }

    private static string TypeOf(SettingDescription setting) => setting.Type switch
    {
        SettingType.List => $"list of {TypeOf(setting.Item!)}",
        SettingType.Choice => string.Join('|', setting.Choices),
        var type => type.ToString().ToLowerInvariant(),
    };

    public sealed class Blank : NodeSettings;

    public class Twin<T> : Node<T> where T : NodeSettings, new()
    {
        protected override ValueTask<NodeResult> RunAsync(NodeContext context, T settings, CancellationToken cancel) => new(NodeResult.Text(""));
    }

    [Node("twin", "Twin", NodeGroup.Data, "One.")]
    public sealed class FirstTwin : Twin<Blank>;

    [Node("twin", "Twin", NodeGroup.Data, "Two.")]
    public sealed class SecondTwin : Twin<Blank>;

    public sealed class Nameless : Twin<Blank>;

    public sealed class ForgetfulSettings : NodeSettings
    {
        [Field("Odd", FieldEditor.Number, "Forgets.", Max = 3)]
        public int Odd { get; set; } = 5;
    }

    [Node("forgetful", "Forgetful", NodeGroup.Data, "Forgets.")]
    public sealed class Forgetful : Twin<ForgetfulSettings>;

    public sealed class UndescribedSettings : NodeSettings
    {
        public string? Silent { get; set; }
    }

    [Node("undescribed", "Undescribed", NodeGroup.Data, "Says nothing.")]
    public sealed class Undescribed : Twin<UndescribedSettings>;

    public sealed class UnholdableSettings : NodeSettings
    {
        [Field("Clock", FieldEditor.Text, "A thing.")]
        public Dictionary<string, string> Clock { get; set; } = [];
    }

    [Node("unholdable", "Unholdable", NodeGroup.Data, "Holds what files cannot.")]
    public sealed class Unholdable : Twin<UnholdableSettings>;
}
