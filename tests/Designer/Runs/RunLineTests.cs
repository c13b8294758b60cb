using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs;

namespace PromptDesigner.Designer.Tests.Runs;

public sealed class RunLineTests
{
    [Theory]
    [InlineData("""{"text":"I was charged twice"}""", "I was charged twice")]
    [InlineData("""{"count":3,"items":["first","second"]}""", "first")]
    [InlineData("{\"text\":\"two\\nlines \\\"quoted\\\" and much mo", "two lines \"quoted\" and much mo")]
    [InlineData("""{"count":3}""", null)]
    [InlineData("""{"a":12""", null)]
    [InlineData("{\"text\":\"\"}", null)]
    [InlineData("{}", null)]
    public void A_run_is_told_apart_by_the_first_words_it_was_given(string begin, string? about) => Assert.Equal(about, Line(begin).About);

    private static RunLine Line(string begin) => new(1, Guid.Empty, Guid.Empty, "P", 1, RunStatus.Succeeded, WaitingFor.None, RunTrigger.Api, "ana", false, false, null, default, null, null, 0, 0, begin);
}
