using Bunit;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

public sealed class GraphPictureTests : IAsyncLifetime
{
    private readonly BunitContext _bunit = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _bunit.DisposeAsync().AsTask();

    [Fact]
    public void A_file_whose_nodes_all_stand_on_one_spot_is_drawn_along_its_edges()
    {
        var layout = new GraphLayout(Read(PipelineFile.Chain(3, "practice/practice")));
        var at = new[] { "input", "p1", "p2", "p3", "out" }.Select(x => layout.Of(x)!.X).ToList();
        Assert.Equal(at.Order(), at);
        Assert.Equal(5, at.Distinct().Count());
        Assert.All(at.Zip(at.Skip(1)), x => Assert.True(x.Second - x.First >= GraphLayout.NodeWidth, "Two nodes cover each other."));
    }

    [Fact]
    public void A_click_on_a_step_leads_where_the_page_says()
    {
        var graph = Read(PipelineFile.Chain(1, "practice/practice"));
        Assert.Empty(_bunit.Render<GraphPicture>(x => x.Add(y => y.Graph, graph)).FindAll("a"));
        Assert.Equal(["/there?step=input", "/there?step=p1", "/there?step=out"], _bunit.Render<GraphPicture>(x => x.Add(y => y.Graph, graph).Add(y => y.Href, "/there?step=")).FindAll("a").Select(x => x.GetAttribute("href")));
    }

    [Fact]
    public void Nodes_beside_each_other_do_not_cover_each_other()
    {
        var file = PipelineFile.Named("Wide").Input("text");
        for (var i = 0; i < 4; i++) file.Node($"n{i}", "text", new { template = "x" }).Edge("input", $"n{i}").Edge($"n{i}", "out");
        var layout = new GraphLayout(Read(file.Output("answer", "x")));
        var boxes = Enumerable.Range(0, 4).Select(i => layout.Of($"n{i}")!).OrderBy(x => x.Y).ToList();
        Assert.Single(boxes.Select(x => x.X).Distinct());
        Assert.All(boxes.Zip(boxes.Skip(1)), x => Assert.True(x.Second.Y - x.First.Y >= GraphLayout.NodeHeight));
    }

    [Fact]
    public void A_container_stands_around_what_is_in_it_however_deep()
    {
        var layout = new GraphLayout(Read(Nested));
        foreach (var (outer, inner) in new[] { ("each", "each2"), ("each", "a"), ("each2", "b"), ("each2", "c") })
        {
            var (around, box) = (layout.Of(outer)!, layout.Of(inner)!);
            Assert.True(around.IsContainer);
            Assert.True(around.X < box.X && around.Y < box.Y && around.X + around.Width > box.X + box.Width && around.Y + around.Height > box.Y + box.Height, $"{inner} sticks out of {outer}.");
        }
    }

    [Fact]
    public void A_cycle_a_lost_parent_and_an_empty_graph_are_drawn_too()
    {
        var cycle = PipelineFile.Named("Cycle").Input("text").Node("a", "text", new { template = "x" }, parent: "nowhere").Node("b", "text", new { template = "x" }).Edge("a", "b").Edge("b", "a").Edge("b", "b").Edge("gone", "a");
        Assert.All((string[])["input", "a", "b"], x => Assert.NotNull(new GraphLayout(Read(cycle)).Of(x)));
        var empty = new GraphLayout(Read(PipelineFile.Named("Empty")));
        Assert.Equal((GraphLayout.NodeWidth, GraphLayout.NodeHeight), (empty.Width, empty.Height));
        Assert.Empty(_bunit.Render<GraphPicture>(x => x.Add(p => p.Graph, Read(PipelineFile.Named("Empty")))).FindAll("[data-node-id]"));
    }

    [Fact]
    public void A_hostile_name_is_text_in_the_picture()
    {
        var file = PipelineFile.Named("<script>alert(1)</script>").Node("input", "input", new { fields = Array.Empty<object>() }).ToString().Replace("\"id\":\"input\"", "\"id\":\"input\",\"name\":\"<img src=x onerror=alert(1)>\"", StringComparison.Ordinal);
        var picture = _bunit.Render<GraphPicture>(x => x.Add(p => p.Graph, PipelineEditor.Read(System.Text.Encoding.UTF8.GetBytes(file)).Value!));
        Assert.Empty(picture.FindAll("script, img"));
        Assert.Contains("&lt;img", picture.Markup, StringComparison.Ordinal);
    }

    private static PipelineFile Nested => PipelineFile.Named("Nested").ListInput("items").Node("each", "forEach", new { items = "{{ input.items }}" }).Node("a", "text", new { template = "x" }, "each")
        .Node("each2", "forEach", new { items = "{{ input.items }}" }, "each").Node("b", "text", new { template = "x" }, "each2").Node("c", "text", new { template = "x" }, "each2").Edge("a", "each2").Edge("b", "c");

    private static Graph Read(PipelineFile file) => PipelineEditor.Read(file.ToBytes()).Value!;
}
