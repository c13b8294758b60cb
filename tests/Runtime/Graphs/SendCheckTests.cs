using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Graphs;

/// <summary>Sends need a person: which drawings are refused, and for what.</summary>
public sealed class SendCheckTests
{
    private static readonly string[] Codes = ["ungated_send", "conditional_gate", "machine_approval", "revise_over_send", "unreviewed_text"];

    /// <summary>Name; nodes; edges; what is found, as <c>code node</c>; empty: nothing.</summary>
    private static readonly (string Name, string Nodes, string Edges, string Found)[] Rows =
    [
        ("A send alone", "send:mail", "start-send", "ungated_send send"),
        ("A send after a text", "a:text send:mail", "start-a, a-send", "ungated_send send"),
        ("A send after a gate", "g:gate send:mail", "start-g, g.approved-send", ""),
        ("A gate far before", "g:gate a:text b:text send:mail", "start-g, g.approved-a, a-b, b-send", ""),
        ("A gate's rejection leads to the send", "g:gate send:mail", "start-g, g.rejected-send", "ungated_send send"),
        ("Both ways out of a gate lead to the send", "g:gate send:mail", "start-g, g.approved-send, g.rejected-send", "ungated_send send"),
        ("A rejection that a second gate judges", "g:gate h:gate send:mail", "start-g, g.approved-send, g.rejected-h, h.approved-send", ""),
        ("Of two ways one is gated", "a:text g:gate send:mail", "start-a, a-g, g.approved-send, a-send", "ungated_send send"),
        ("Two ways, each with its gate", "a:text g:gate h:gate send:mail", "start-a, a-g, a-h, g.approved-send, h.approved-send", ""),
        ("Two ways that join before the gate", "a:text b:text g:gate send:mail", "start-a, start-b, a-g, b-g, g.approved-send", ""),
        ("Gates in series", "g:gate h:gate send:mail", "start-g, g.approved-h, h.approved-send", ""),
        ("Gates in series, the second rejects to the send", "g:gate h:gate send:mail", "start-g, g.approved-h, h.rejected-send", ""),
        ("A gate after the send", "send:mail g:gate", "start-send, send-g", "ungated_send send"),
        ("A gate beside the send", "g:gate send:mail", "start-g, start-send", "ungated_send send"),
        ("Two sends, one gated", "g:gate one:mail two:mail", "start-g, g.approved-one, start-two", "ungated_send two"),
        ("A send after a send", "g:gate one:mail two:mail", "start-g, g.approved-one, one-two", ""),
        ("A switch that passes the gate by", "s:switch g:gate send:mail", "start-s, s.x-g, g.approved-send, s.else-send", "ungated_send send"),
        ("A switch behind the gate", "s:switch g:gate one:mail two:mail", "start-g, g.approved-s, s.x-one, s.else-two", ""),
        ("The error's way passes the gate by", "a:text?onError=route g:gate send:mail", "start-a, a-g, g.approved-send, a.error-send", "ungated_send send"),
        ("The gate's own error leads to the send", "g:gate?onError=route send:mail", "start-g, g.approved-send, g.error-send", "ungated_send send"),
        ("A disabled gate lets nothing through", "-g:gate send:mail", "start-g, g.approved-send", ""),
        ("A disabled gate and a way around it", "-g:gate send:mail", "start-g, g.approved-send, start-send", "ungated_send send"),
        ("A disabled send", "-send:mail", "start-send", ""),
        ("A disabled text on the only ungated way", "-a:text g:gate send:mail", "start-a, a-send, start-g, g.approved-send", ""),
        ("A send in a list without a gate", "each:each?result=send each/send:mail", "start-each", "ungated_send send"),
        ("A send in a list after a gate in it", "each:each?result=g each/g:gate each/send:mail", "start-each, g.approved-send", ""),
        ("A send in a list beside the gate in it", "each:each?result=g each/g:gate each/send:mail", "start-each", "ungated_send send"),
        ("A gate before the list", "g:gate each:each?result=send each/send:mail", "start-g, g.approved-each", ""),
        ("A gate before a list in a list", "g:gate each:each?result=deep each/deep:repeat?result=send deep/send:mail", "start-g, g.approved-each", ""),
        ("A gate in the outer list before the inner one", "each:each?result=deep each/g:gate each/deep:repeat?result=send deep/send:mail", "start-each, g.approved-deep", ""),
        ("A gate in the outer list beside the inner one", "each:each?result=deep each/g:gate each/deep:repeat?result=send deep/send:mail", "start-each", "ungated_send send"),
        ("A gate in the list and the send after it", "each:each?result=g each/g:gate send:mail", "start-each, each-send", "ungated_send send"),
        ("A gate in rounds and the send after them", "r:repeat?result=g r/g:gate send:mail", "start-r, r-send", "ungated_send send"),
        ("A send in a disabled list", "-each:each?result=send each/send:mail", "start-each", ""),
        ("A second start in a list", "each:each?result=g each/g:gate each/a:text each/send:mail", "start-each, g.approved-send, a-send", "ungated_send send"),
        ("A list whose ways are gated on one side", "g:gate each:each?result=send each/send:mail", "start-g, g.approved-each, start-each", "ungated_send send"),

        ("A gate only when", "g:gate?when send:mail", "start-g, g.approved-send", "conditional_gate send"),
        ("A gate for a share", "g:gate?sample=0.5 send:mail", "start-g, g.approved-send", "conditional_gate send"),
        ("A gate for all", "g:gate?sample=1 send:mail", "start-g, g.approved-send", ""),
        ("A gate for none", "g:gate?sample=0 send:mail", "start-g, g.approved-send", "conditional_gate send"),
        ("A gate only when, and one after it", "g:gate?when h:gate send:mail", "start-g, g.approved-h, h.approved-send", ""),
        ("A gate only when, and one before it", "g:gate?when h:gate send:mail", "start-h, h.approved-g, g.approved-send", ""),
        ("A gate only when on one of two ways", "g:gate?when h:gate send:mail", "start-g, start-h, g.approved-send, h.approved-send", "conditional_gate send"),
        ("A gate only when, and a way around it", "g:gate?when send:mail", "start-g, g.approved-send, start-send", "ungated_send send"),
        ("A gate only when before a list", "g:gate?when each:each?result=send each/send:mail", "start-g, g.approved-each", "conditional_gate send"),
        ("A gate only when before a list, and one in it", "g:gate?when each:each?result=h each/h:gate each/send:mail", "start-g, g.approved-each, h.approved-send", ""),

        ("A machine approves", "g:gate?onOverdue=approve&dueInMinutes=5 send:mail", "start-g, g.approved-send", "machine_approval g"),
        ("A machine approves what a person approves after it", "g:gate?onOverdue=approve&dueInMinutes=5 h:gate send:mail", "start-g, g.approved-h, h.approved-send", ""),
        ("A machine approves what a person approved before it", "g:gate?onOverdue=approve&dueInMinutes=5 h:gate send:mail", "start-h, h.approved-g, g.approved-send", ""),
        ("A machine approves, a person only when", "g:gate?onOverdue=approve&dueInMinutes=5 h:gate?when send:mail", "start-g, g.approved-h, h.approved-send", "machine_approval g"),
        ("Two machines", "g:gate?onOverdue=approve&dueInMinutes=5 h:gate?onOverdue=approve&dueInMinutes=5 send:mail", "start-g, g.approved-h, h.approved-send", "machine_approval g, machine_approval h"),
        ("A machine approves and nothing is sent", "g:gate?onOverdue=approve&dueInMinutes=5 a:text h:gate send:mail", "start-g, g.approved-a, start-h, h.approved-send", ""),
        ("A machine before a list", "g:gate?onOverdue=approve&dueInMinutes=5 each:each?result=send each/send:mail", "start-g, g.approved-each", "machine_approval g"),
        ("A disabled machine", "-g:gate?onOverdue=approve&dueInMinutes=5 h:gate send:mail", "start-g, start-h, h.approved-send, g.approved-send", ""),
        ("What is overdue is rejected", "g:gate?onOverdue=reject&dueInMinutes=5 send:mail", "start-g, g.approved-send", ""),

        ("The gate's own prompt is revised", "p:prompt g:gate?revise=p send:mail", "start-p, p-g, g.approved-send", ""),
        ("A send between the prompt and its gate", "h:gate p:prompt send:mail g:gate?revise=p", "start-h, h.approved-p, p-send, send-g", "revise_over_send g"),
        ("A send beside the gate, with a gate of its own", "p:prompt g:gate?revise=p h:gate send:mail", "start-p, p-g, p-h, h.approved-send", "revise_over_send g"),
        ("A prompt before an earlier gate is revised", "p:prompt g:gate h:gate?revise=p send:mail", "start-p, p-g, g.approved-send, g.approved-h", "revise_over_send h"),
        ("A list that sends, between the prompt and its gate", "h:gate p:prompt each:each?result=send each/send:mail g:gate?revise=p", "start-h, h.approved-p, p-each, each-g", "revise_over_send g"),
        ("A send before the prompt", "h:gate send:mail p:prompt g:gate?revise=p", "start-h, h.approved-send, send-p, p-g", ""),
        ("A prompt in a list is revised there, and the send follows the list", "h:gate each:each?result=g each/p:prompt each/g:gate?revise=p send:mail", "start-h, h.approved-each, p-g, each-send", ""),

        ("What was approved is sent", "p:prompt g:gate?subject={{p}} send:mail?text={{g}}", "start-p, p-g, g.approved-send", ""),
        ("An answer is sent that another gate shows", "p:prompt q:prompt g:gate?subject={{q}} send:mail?text={{p}}", "start-p, p-q, q-g, g.approved-send", "unreviewed_text send"),
        ("An answer made after the gate", "p:prompt g:gate?subject={{p}} q:prompt send:mail?text={{q}}", "start-p, p-g, g.approved-q, q-send", "unreviewed_text send"),
        ("An answer through a text", "p:prompt a:text?template={{p}} g:gate send:mail?text={{a}}", "start-p, p-a, a-g, g.approved-send", "unreviewed_text send"),
        ("An answer through a text and an object", "p:prompt a:text?template={{p}} f:fields?value={{a}} g:gate send:mail?html={{f.a}}", "start-p, p-a, a-f, f-g, g.approved-send", "unreviewed_text send"),
        ("An answer that the gate shows through a text", "p:prompt a:text?template=Dear_{{p}} g:gate?subject={{a}} send:mail?text=So:_{{p}}", "start-p, p-a, a-g, g.approved-send", ""),
        ("An answer that the gate shows as a part", "p:prompt g:gate?parts={{p}} send:mail?text={{p}}", "start-p, p-g, g.approved-send", ""),
        ("A classification in the subject", "c:classify g:gate send:mail?subject={{c.route}}", "start-c, c.a-g, g.approved-send", "unreviewed_text send"),
        ("What a run was given needs no review", "g:gate send:mail?text={{start.text}}&to={{start.text}}", "start-g, g.approved-send", ""),
        ("A gate that shows it only when, behind one that does not", "p:prompt g:gate?when&subject={{p}} h:gate send:mail?text=So:_{{p}}", "start-p, p-g, g.approved-h, h.approved-send", "unreviewed_text send"),
        ("Shown on one of two ways", "p:prompt g:gate?subject=So:_{{p}} h:gate send:mail?text={{p}}", "start-p, p-g, p-h, g.approved-send, h.approved-send", "unreviewed_text send"),
        ("Shown on both ways", "p:prompt g:gate?subject=So:_{{p}} h:gate?subject=Or:_{{p}} send:mail?text={{p}}", "start-p, p-g, p-h, g.approved-send, h.approved-send", ""),
        ("What a reviewer may have changed is read beside the gate", "p:prompt g:gate?subject={{p}} send:mail?text={{p}}", "start-p, p-g, g.approved-send", "unreviewed_text send"),
        ("What no reviewer can change is read beside the gate", "p:prompt g:gate?subject={{p}}&editable=false send:mail?text={{p}}", "start-p, p-g, g.approved-send", ""),
        ("The answers of a list", "each:each?result=p each/p:prompt g:gate send:mail?text={{each[0]}}", "start-each, each-g, g.approved-send", "unreviewed_text send"),
        ("Items that are answers", "p:prompt g:gate each:each?items={{p}}&result=send each/send:mail?text={{item}}", "start-p, p-g, g.approved-each", "unreviewed_text send"),
        ("What was approved in a list", "h:gate each:each?result=g each/p:prompt each/g:gate?subject={{p}} send:mail?text={{each[0]}}", "start-h, h.approved-each, p-g, each-send", ""),
    ];

    public static TheoryData<string> Names => [.. Rows.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Each_drawing_has_what_the_table_says(string name)
    {
        var row = Rows.Single(x => x.Name == name);
        var problems = Check(Drawing.Of(row.Nodes, row.Edges));
        Assert.Equal(row.Found, Said(problems));
        Assert.DoesNotContain(problems, x => !x.IsWarning && !Codes.Contains(x.Code));
        Assert.All(problems.Where(x => Codes.Contains(x.Code)), x => Assert.Equal(x.Code == "unreviewed_text", x.IsWarning));
        Assert.All(problems, x => Assert.Matches(@"^\S.*[.?]$", x.Message));
    }

    [Theory, MemberData(nameof(Names))]
    public void Each_fix_makes_its_problem_disappear_and_brings_no_error(string name)
    {
        var row = Rows.Single(x => x.Name == name);
        var graph = Drawing.Of(row.Nodes, row.Edges);
        var problems = Check(graph);
        foreach (var problem in problems.Where(x => Codes.Contains(x.Code) && x.Fix is not null))
        {
            var left = Check(GraphPatch.Apply(graph, problem.Fix!.Patch));
            Assert.DoesNotContain(left, x => (x.Code, x.Node, x.Path) == (problem.Code, problem.Node, problem.Path) && x.Message == problem.Message);
            Assert.DoesNotContain(left, x => !x.IsWarning && problems.All(y => y.Code != x.Code));
        }
    }

    [Fact]
    public void A_send_and_a_gate_before_it_are_named_and_the_fix_is_the_gate()
    {
        var graph = Drawing.Of("each:each?result=send each/a:text each/send:mail", "start-each, a-send");
        var problem = Single(graph, "ungated_send");
        Assert.Equal(("send", "/nodes/4"), (problem.Node, problem.Path));
        Assert.Contains("start → each → a → send", problem.Message, StringComparison.Ordinal);
        var mended = GraphPatch.Apply(graph, problem.Fix!.Patch);
        var gate = mended.Nodes.Single(x => x.Kind == "approval");
        Assert.Equal(("approval", "each", "{{ a }}"), (gate.Id, gate.Parent, gate.Settings.GetProperty("subject").GetString()));
        Assert.Equal(["start.out-done", "start.out-each", "a.out-approval", "approval.approved-send"], mended.Edges.Select(x => $"{x.From}.{x.FromPort}-{x.To}"));
        Assert.NotEqual(gate.Position, mended.Nodes.Single(x => x.Id == "send").Position);

        var conditional = Single(Drawing.Of("g:gate?when&sample=0.1 send:mail", "start-g, g.approved-send"), "conditional_gate");
        Assert.Contains("'g', but it lets pass where 'when' does not hold", conditional.Message, StringComparison.Ordinal);
        Assert.Equal(["/nodes/2/settings/when", "/nodes/2/settings/sample"], conditional.Fix!.Patch.Select(x => x!["path"]!.GetValue<string>()));
        Assert.Contains("'sample'", Single(Drawing.Of("approval:gate?sample=0.1 send:mail", "start-approval, approval.approved-send"), "conditional_gate").Message, StringComparison.Ordinal);
        Assert.Null(Single(Drawing.Of("send:mail a:text", "start-send, start-a, a-send"), "ungated_send").Fix);
    }

    [Theory]
    [InlineData("p:prompt g:gate?subject={{p}} send:mail?text=Dear_{{start.text}},_{{p}}", "start-p, p-g, g.approved-send", "Dear {{start.text}}, {{g}}")]
    [InlineData("p:fields?value={{q.b.c}} q:prompt g:gate?subject={{p.a}} send:mail?text={{p.a[0]}}_{{p[`a`].size}}", "start-q, q-p, p-g, g.approved-send", "{{g[0]}} {{g.size}}")]
    [InlineData("p:prompt g:gate?subject=Fine? send:mail?text={{p}}!", "start-p, p-g, g.approved-send", "{{g}}!")]
    [InlineData("p:fields?value={{q}} q:prompt g:gate?subject=Fine? send:mail?text={{p.a}}", "start-q, q-p, p-g, g.approved-send", null)]
    public void A_send_reads_what_was_approved_instead(string nodes, string edges, string? text)
    {
        var graph = Drawing.Of(nodes.Replace("Fine?", "Fine", StringComparison.Ordinal).Replace('`', '\''), edges);
        var problem = Single(graph, "unreviewed_text");
        Assert.Equal(text is null, problem.Fix is null);
        if (text is not null) Assert.Equal(text, GraphPatch.Apply(graph, problem.Fix!.Patch).Nodes.Single(x => x.Id == "send").Settings.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("send:mail", "start-send")]
    [InlineData("g:gate?when send:mail", "start-g, g.approved-send")]
    public void An_exception_takes_the_two_codes_away_and_the_policy_makes_them_warnings(string nodes, string edges)
    {
        var graph = Drawing.Of($"{nodes} other:mail", $"{edges}, start-other");
        Assert.Equal("ungated_send other", Said(GraphCheck.Check(graph, NodeCatalog.Standard, new GraphFacts { MaySendUngated = node => node == "send" })));
        var warned = GraphCheck.Check(graph, NodeCatalog.Standard, new GraphFacts { WarnsOfUngated = true }).Where(x => Codes.Contains(x.Code)).ToList();
        Assert.Equal(["other", "send"], warned.Select(x => x.Node!).Order(StringComparer.Ordinal));
        Assert.All(warned, x => Assert.True(x.IsWarning && !x.HindersRunning));
        Assert.All(Check(graph).Where(x => Codes.Contains(x.Code)), x => Assert.True(!x.IsWarning && !x.HindersRunning));
        var machine = Drawing.Of("g:gate?onOverdue=approve&dueInMinutes=5 send:mail", "start-g, g.approved-send");
        Assert.True(Assert.Single(GraphCheck.Check(machine, NodeCatalog.Standard, new GraphFacts { MaySendUngated = _ => true, WarnsOfUngated = true })).HindersRunning);
    }

    [Fact]
    public void A_send_is_of_use_without_an_output()
    {
        Assert.Empty(Check(Drawing.Of("a:text g:gate each:each?result=send each/send:mail", "start-a, a-g, g.approved-each")));
        Assert.Equal("a", Assert.Single(Check(Drawing.Of("g:gate send:mail a:text", "start-g, g.approved-send, send-a")), x => x.Code == "unused_node").Node);
    }

    [Fact]
    public void Thousands_of_sends_gates_and_readings_are_checked_in_time()
    {
        var ids = Enumerable.Range(0, 495).ToList();
        var nodes = ids.Select(n => $"p{n}:prompt?prompt={{{{start.text}}}} g{n}:gate?revise=p{n}&onOverdue=approve&dueInMinutes=1 t{n}:text?template={{{{p{n}}}}} s{n}:mail?text={{{{t{n}}}}}");
        var edges = ids.SelectMany(n => Enumerable.Range(n, 25).Where(to => to < 495).SelectMany(to => new[] { $"p{n}-g{to}", $"g{n}-s{to}", $"g{n}.approved-t{to}", $"t{n}-s{to}" })).Concat(ids.Select(n => $"start-p{n}"));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Check(Drawing.Of(string.Join(' ', nodes), string.Join(", ", edges)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), clock.Elapsed.ToString());
    }

    [Fact]
    public void A_send_is_reported_exactly_where_some_way_passes_no_approval()
    {
        var random = new Random(17);
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 1_000; round++)
        {
            var (graph, disabled) = Random(random);
            var expected = graph.Nodes.Where(x => x.Kind == "email" && !disabled.Contains(x.Id)).Select(send =>
            {
                var ways = Ways(graph, disabled, send.Id);
                var gates = (bool conditional) => graph.Nodes.Where(x => x.Kind == "approval" && (conditional || !x.Settings.TryGetProperty("when", out _))).Select(x => x.Id).ToHashSet();
                bool Free(HashSet<string> counting) => ways.Exists(way => !way.Exists(edge => edge.FromPort == "approved" && counting.Contains(edge.From)));
                return Free(gates(true)) ? $"ungated_send {send.Id}" : Free(gates(false)) ? $"conditional_gate {send.Id}" : $"nothing {send.Id}";
            }).ToList();
            foreach (var one in expected) seen[one.Split(' ')[0]] = seen.GetValueOrDefault(one.Split(' ')[0]) + 1;
            Assert.Equal(string.Join(", ", expected.Where(x => !x.StartsWith("nothing", StringComparison.Ordinal)).Order(StringComparer.Ordinal)), Said(Check(graph)));
        }
        Assert.All((string[])["ungated_send", "conditional_gate", "nothing"], x => Assert.True(seen[x] > 30, $"{x}: {seen[x]}"));
    }

    private static (Graph Graph, HashSet<string> Disabled) Random(Random random)
    {
        var count = random.Next(2, 9);
        string[] kinds = ["gate", "gate?when", "gate", "text", "mail"];
        var picked = Enumerable.Range(0, count).Select(_ => kinds[random.Next(kinds.Length)]).ToList();
        var disabled = Enumerable.Range(0, count).Where(_ => random.Next(12) == 0).Select(n => $"n{n}").ToHashSet();
        var edges = new HashSet<string>();
        for (var to = 0; to < count; to++)
            for (var tries = random.Next(1, 4); tries > 0; tries--)
            {
                var from = random.Next(-1, to);
                edges.Add(from < 0 ? $"start-n{to}" : $"n{from}{(picked[from].StartsWith("gate", StringComparison.Ordinal) ? random.Next(4) == 0 ? ".rejected" : ".approved" : "")}-n{to}");
            }
        return (Drawing.Of(string.Join(' ', picked.Select((kind, n) => $"{(disabled.Contains($"n{n}") ? "-" : "")}n{n}:{kind}")), string.Join(", ", edges)), disabled);
    }

    /// <summary>Every way from the start, by brute force.</summary>
    private static List<List<GraphEdge>> Ways(Graph graph, HashSet<string> disabled, string to) => disabled.Contains(to) ? []
        : to == "start" ? [[]] : [.. graph.Edges.Where(x => x.To == to).SelectMany(edge => Ways(graph, disabled, edge.From).Select(way => way.Append(edge).ToList()))];

    private static IReadOnlyList<Problem> Check(Graph graph) => GraphCheck.Check(graph, NodeCatalog.Standard, GraphFacts.None);

    private static Problem Single(Graph graph, string code) => Check(graph).Single(x => x.Code == code);

    private static string Said(IEnumerable<Problem> problems) =>
        string.Join(", ", problems.Where(x => Codes.Contains(x.Code)).Select(x => $"{x.Code} {x.Node}").Order(StringComparer.Ordinal));
}
