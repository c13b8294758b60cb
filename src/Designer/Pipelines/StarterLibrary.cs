using System.Reflection;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>The example pipelines that come with the program: the files under <c>Starters</c>.</summary>
public sealed class StarterLibrary(PipelineEditor editor)
{
    private const string Prefix = "Starters.";

    /// <summary>The starters' pipeline files, by file name.</summary>
    public static IEnumerable<(string Name, byte[] File)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(x => x.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var file = new MemoryStream();
            stream.CopyTo(file);
            yield return (resource[Prefix.Length..], file.ToArray());
        }
    }

    /// <summary>Makes a pipeline of each starter and publishes it.</summary>
    public async Task PublishAllAsync(Actor actor, CancellationToken cancel)
    {
        foreach (var (name, file) in Files())
        {
            var made = await editor.CreateAsync(file, actor, null, cancel);
            if (made.Refusal is { } unreadable) throw new InvalidOperationException($"The starter {name} cannot be read: {unreadable.Message}");
            var published = await editor.PublishAsync(made.Value!.Id, "Starter", actor, null, cancel);
            if (published.Refusal is { } wrong) throw new InvalidOperationException($"The starter {name} cannot be published: {wrong.Message}");
        }
    }
}
