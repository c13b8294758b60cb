using FsCheck.Xunit;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs.Planning;

public sealed class StepPathTests
{
    private static readonly RunPlan Plan = MakePlan();

    [Property(MaxTest = 2_000)]
    public void The_form_that_people_read_and_the_form_that_sorts_say_the_same(int seed)
    {
        var place = Place.Random(new Random(seed));
        Assert.Equal(place.ToString(), StepPath.ToReadable(place.Sort));
        Assert.Equal(place.Sort, StepPath.ToSort(place.ToString(), Plan));
        Assert.Equal((place.Segments[^1].Node, place.Segments[^1].Round), StepPath.LastOf(place.Sort));
        Assert.StartsWith(StepPath.ScopeOf(place.Sort), place.Sort, StringComparison.Ordinal);
        Assert.DoesNotContain('@', StepPath.WithoutRounds(place.ToString()));
    }

    [Property(MaxTest = 2_000)]
    public void Paths_sort_as_the_graph_runs_by_rank_then_round_then_iteration(int seed)
    {
        var random = new Random(seed);
        var places = Enumerable.Range(0, 40).Select(_ => Place.Random(random)).DistinctBy(x => x.Sort).ToList();
        Assert.Equal(places.Order().Select(x => x.Sort), places.Select(x => x.Sort).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("each")]
    [InlineData("each[0]/draft2")]
    [InlineData("each@2[12]/again[3]/draft@11")]
    public void A_path_is_found_in_its_plan(string path) => Assert.Equal(path, StepPath.ToReadable(StepPath.ToSort(path, Plan)!));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("nobody")]
    [InlineData("each[0]")]
    [InlineData("each/draft")]
    [InlineData("each[0]/nobody")]
    [InlineData("draft")]
    [InlineData("first[0]/draft")]
    [InlineData("each[-1]/draft")]
    [InlineData("each[01]/draft")]
    [InlineData("each[ 1]/draft")]
    [InlineData("each[0]/draft@1")]
    [InlineData("each[0]/draft@0")]
    [InlineData("each[0]/draft@")]
    [InlineData("each[]/draft")]
    [InlineData("each[/draft")]
    [InlineData("each[99999999999]/draft")]
    [InlineData("each[0]/draft/")]
    public void A_path_that_no_step_has_is_none(string path) => Assert.Null(StepPath.ToSort(path, Plan));

    private static RunPlan MakePlan() => new PlanBuilder(NodeCatalog.Standard).Build(PipelineFile.Named("Nested").ListInput("list")
        .Node("first", "text", new { template = "a" })
        .Node("each", "forEach", new { items = "input.list", result = "again" })
        .Node("again", "repeat", new { until = new { all = new[] { new { left = "draft", op = "isNotEmpty" } } }, result = "draft" }, "each")
        .Node("draft", "text", new { template = "b" }, "again").Node("polish", "text", new { template = "{{ draft }}" }, "again")
        .Node("draft2", "text", new { template = "c" }, "each").Output("all", "{{ each }}")
        .Edge("input", "first").Edge("first", "each").Edge("each", "out").Edge("draft", "polish").Edge("draft2", "again").ToString());

    /// <summary>A segment of a place: rank and node, its round, and the iteration inside it where the place goes on.</summary>
    private sealed record Segment(int Rank, string Node, int Round, int? Iteration);

    /// <summary>A place in a run, before anybody writes it down.</summary>
    private sealed record Place(IReadOnlyList<Segment> Segments) : IComparable<Place>
    {
        public string Sort
        {
            get
            {
                var sort = "";
                foreach (var x in Segments) sort = x.Iteration is { } iteration ? StepPath.Inside(sort + StepPath.Segment(x.Rank, x.Node, x.Round), iteration) : sort + StepPath.Segment(x.Rank, x.Node, x.Round);
                return sort;
            }
        }

        public static Place Random(Random random)
        {
            var segments = new List<Segment>();
            for (var scope = Plan.Root; scope is not null;)
            {
                var node = scope.Nodes[random.Next(scope.Nodes.Count)];
                var goesIn = node.Inside is not null && random.Next(4) > 0;
                segments.Add(new Segment(node.Rank, node.Id, random.Next(3) > 0 ? 1 : random.Next(2, 130), goesIn ? Any(random) : null));
                scope = goesIn ? node.Inside : null;
            }
            return new Place(segments);
        }

        public int CompareTo(Place? other)
        {
            for (var i = 0; i < Math.Min(Segments.Count, other!.Segments.Count); i++)
            {
                var (a, b) = (Segments[i], other.Segments[i]);
                var (one, two) = (a.Iteration ?? -1, b.Iteration ?? -1);
                var order = a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.Round != b.Round ? a.Round.CompareTo(b.Round) : one.CompareTo(two);
                if (order != 0) return order;
            }
            return Segments.Count.CompareTo(other.Segments.Count);
        }

        public override string ToString() => string.Join("/", Segments.Select(x => $"{x.Node}{(x.Round == 1 ? "" : $"@{x.Round}")}{(x.Iteration is { } n ? $"[{n}]" : "")}"));

        private static int Any(Random random) => random.Next(4) switch { 0 => random.Next(3), 1 => random.Next(20), 2 => random.Next(2_000), _ => random.Next() };
    }
}
