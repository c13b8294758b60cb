using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>What is sent again by itself only where its receiver knows the key of the first time: of the kinds there are, nothing.</summary>
public sealed class SendingKindsTests
{
    [Fact]
    public void Mail_is_all_that_is_sent_and_its_receivers_know_no_key_so_a_doubt_always_goes_to_a_person()
    {
        // Another kind that sends says how its receiver is asked twice, and is proven beside Whatever_ends_a_talk_has_one_exact_meaning.
        var sending = NodeCatalog.Standard.Kinds.Where(x => x.Node.Sends((NodeSettings)Activator.CreateInstance(x.Node.SettingsType)!)).Select(x => x.Kind);
        Assert.Equal(["email"], sending);
    }
}
