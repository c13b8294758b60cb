using Microsoft.Extensions.Configuration;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Runtime.Tests.ModelCalls;

public sealed class ModelOptionsTests
{
    [Theory]
    [InlineData("Models:Connections:x:Kind", "gpt", "Models:Connections:x:Kind", "openai")]
    [InlineData("Models:Connections:x:Kind", "anthropic", "Models:Connections:x:Kind", "not available in this version")]
    [InlineData("Models:Connections:practice:Rehearse", "slow=often", "Models:Connections:practice:Rehearse", "slow=ms")]
    [InlineData("Models:Connections:practice:Rehearse", "fail=2", "Models:Connections:practice:Rehearse", "0 to 1")]
    [InlineData("Models:Default", "gpt", "Models:Default", "connection/model")]
    [InlineData("Models:Default", "nowhere/gpt", "Models:Default", "practice")]
    [InlineData("Models:Prices:gpt:Input", "-1", "Models:Prices:gpt", "0 or more")]
    public void A_wrong_value_is_named_with_its_key_and_what_is_allowed(string key, string value, string named, string allowed)
    {
        var message = Assert.Single(Check((key, value), ("Models:Connections:practice:Kind", "practice")));
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_configured_is_the_practice_model_alone() => Assert.Empty(Check());

    [Fact]
    public void An_OpenAI_connection_without_an_address_needs_a_key()
    {
        var message = Assert.Single(Check(("Models:Connections:a:Kind", "openai"), ("Models:Default", "a/m")));
        Assert.Contains("Models:Connections:a:ApiKey", message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Check(params (string Key, string Value)[] settings)
    {
        var options = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build().GetSection("Models").Get<ModelOptions>() ?? new ModelOptions();
        return new ModelOptionsCheck().Validate(null, options).Failures?.ToList() ?? [];
    }
}
