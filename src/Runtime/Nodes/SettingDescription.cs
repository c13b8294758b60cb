using System.Collections;
using System.Reflection;
using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>What may stand in a setting.</summary>
public enum SettingType { Text, Number, Integer, Boolean, Choice, List, Object, Json, Condition }

/// <summary>One setting as its class describes it; inspector, binding, canonical order and the JSON schema derive from it.</summary>
public sealed class SettingDescription
{
    /// <summary>As files write it.</summary>
    public required string Name { get; init; }

    /// <summary>Label, editor, help and limits; a list's entries share their list's.</summary>
    public required FieldAttribute Field { get; init; }

    /// <summary>What may stand in it.</summary>
    public required SettingType Type { get; init; }

    /// <summary>False where <c>null</c> is a wrong type; otherwise null means left out.</summary>
    public bool Nullable { get; init; }

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The settings of an object.</summary>
    public IReadOnlyList<SettingDescription> Parts { get; init; } = [];

    /// <summary>The entries of a list.</summary>
    public SettingDescription? Item { get; init; }

    /// <summary>The value where it is left out; undefined where that is nothing.</summary>
    public JsonElement Default { get; init; }

    /// <summary>True where strings in it may contain Liquid.</summary>
    public bool IsTemplate => Field.Editor is FieldEditor.Template or FieldEditor.Prompt or FieldEditor.Value or FieldEditor.Path or FieldEditor.Duration;

    /// <summary>The settings of a class in the order in which it declares them, its own before inherited ones.</summary>
    /// <exception cref="NodeCatalogException">A property cannot be described.</exception>
    public static IReadOnlyList<SettingDescription> Of(Type settings)
    {
        var blank = Activator.CreateInstance(settings) ?? throw new NodeCatalogException(settings, "cannot be made without arguments");
        var defaults = JsonSerializer.SerializeToElement(blank, settings, SettingsBinder.Json);
        var described = new List<SettingDescription>();
        for (var declaring = settings; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
            foreach (var property in declaring.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(property => property.MetadataToken))
                if (property.SetMethod is not null) described.Add(Of(settings, property, defaults));
        return described;
    }

    private static SettingDescription Of(Type settings, PropertyInfo property, JsonElement defaults)
    {
        var field = property.GetCustomAttribute<FieldAttribute>() ?? throw new NodeCatalogException(settings, $"has no [Field] on {property.Name}");
        var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var nullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        return Of(settings, name, field, property.PropertyType, nullable, defaults.TryGetProperty(name, out var value) ? value : default);
    }

    private static SettingDescription Of(Type settings, string name, FieldAttribute field, Type written, bool nullable, JsonElement value)
    {
        var type = System.Nullable.GetUnderlyingType(written) ?? written;
        var kind = TypeOf(type) ?? throw new NodeCatalogException(settings, $"has a setting '{name}' of the type {type.Name}, which files cannot hold");
        return new SettingDescription
        {
            Name = name,
            Field = field,
            Type = kind,
            Nullable = nullable,
            Default = value,
            Choices = kind == SettingType.Choice ? [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)] : [],
            Parts = kind == SettingType.Object ? Of(type) : [],
            Item = kind == SettingType.List ? Of(settings, name, field, type.GetGenericArguments()[0], nullable: false, default) : null,
        };
    }

    private static SettingType? TypeOf(Type type)
    {
        if (type == typeof(string)) return SettingType.Text;
        if (type == typeof(double)) return SettingType.Number;
        if (type == typeof(int)) return SettingType.Integer;
        if (type == typeof(bool)) return SettingType.Boolean;
        if (type == typeof(JsonElement)) return SettingType.Json;
        if (type == typeof(Condition)) return SettingType.Condition;
        if (type.IsEnum) return SettingType.Choice;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>)) return SettingType.List;
        return type.IsClass && !typeof(IEnumerable).IsAssignableFrom(type) ? SettingType.Object : null;
    }
}
