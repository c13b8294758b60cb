using System.Reflection;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>The starters, pipelines that come with the program: the files under <c>Starters</c>.</summary>
public sealed class StarterLibrary(Database database, PipelineEditor editor)
{
    private const string Prefix = "Starters.";

    private static readonly byte[] Blank = """
        {
          "schemaVersion": 1, "name": "New pipeline",
          "nodes": [ { "id": "input", "kind": "input", "position": { "x": 0, "y": 0 } }, { "id": "output", "kind": "output", "position": { "x": 640, "y": 0 } } ],
          "edges": []
        }
        """u8.ToArray();

    private IReadOnlyList<Graph>? _graphs;

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

    /// <summary>The starters as graphs, by file name.</summary>
    public IReadOnlyList<Graph> Show() => _graphs ??= [.. Files().Select(x => Read(x.Name, x.File))];

    /// <summary>Makes a pipeline that has its input and its output and nothing between them. The answer is its id.</summary>
    public async Task<Answer<Guid>> BeginAsync(Actor actor, CancellationToken cancel)
    {
        var made = await editor.CreateAsync(Blank, actor, null, cancel);
        return made.Refusal is { } refusal ? refusal : made.Value!.Id;
    }

    /// <summary>Makes a pipeline of the starter of that name and publishes it. The answer is its id.</summary>
    public async Task<Answer<Guid>> TakeAsync(string name, Actor actor, CancellationToken cancel)
    {
        var file = Files().Where(x => Read(x.Name, x.File).Name == name).Select(x => x.File).FirstOrDefault();
        if (file is null) return new Refusal("not_found", $"There is no starter called {name}.");
        var made = await editor.CreateAsync(file, actor, null, cancel);
        if (made.Refusal is { } refusal) return refusal;
        var published = await editor.PublishAsync(made.Value!.Id, "Starter", actor, null, cancel);
        return published.Refusal is { } wrong ? wrong : made.Value.Id;
    }

    /// <summary>Makes a pipeline of each starter and publishes it. A first start that was killed in between is completed; a workspace in which anybody did anything is left alone.</summary>
    public async Task PublishAllAsync(Actor actor, CancellationToken cancel)
    {
        var files = Files().Select(x => (x.Name, x.File, Title: Read(x.Name, x.File).Name)).ToList();
        await using var db = database.Read(actor.Workspace);
        var there = await db.Pipelines.Select(x => new { x.Id, x.Name, x.DraftRevision, x.ActiveVersion }).ToListAsync(cancel);
        if (there.Exists(x => x.DraftRevision > 1 || !files.Exists(f => f.Title == x.Name)) || await db.Runs.AnyAsync(cancel)) return;
        foreach (var (name, file, title) in files)
        {
            var earlier = there.Find(x => x.Name == title);
            if (earlier?.ActiveVersion is not null) continue;
            var id = earlier?.Id ?? (await editor.CreateAsync(file, actor, null, cancel)).Value!.Id;
            var published = await editor.PublishAsync(id, "Starter", actor, null, cancel);
            if (published.Refusal is { } wrong) throw new InvalidOperationException($"The starter {name} cannot be published: {wrong.Message}");
        }
    }

    private static Graph Read(string name, byte[] file) => PipelineEditor.Read(file).Value ?? throw new InvalidOperationException($"The starter {name} cannot be read.");
}
