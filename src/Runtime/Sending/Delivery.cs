namespace PromptDesigner.Runtime.Sending;

/// <summary>What is known about a mail after one attempt to hand it over. Messages are sentences for a person.</summary>
public abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>The server took the mail over, for every recipient.</summary>
    /// <param name="Answer">The server's words; often its own number of the mail.</param>
    public sealed record Sent(string Answer) : Delivery;

    /// <summary>Certainly not sent, to nobody, and worth trying again.</summary>
    /// <param name="Code">
    /// The server's number (<c>451</c>), or <c>no_host</c>, <c>no_connection</c>, <c>tls</c>, <c>login</c>, <c>silence</c>, <c>cut</c>,
    /// <c>not_smtp</c>, <c>settings</c>, <c>stopped</c>, <c>fault</c>.
    /// </param>
    /// <param name="Message">What happened and what to do.</param>
    public sealed record Later(string Code, string Message) : Delivery;

    /// <summary>Certainly not sent, to nobody, and pointless to repeat unchanged.</summary>
    /// <param name="Code">The server's number (<c>550</c>), or <c>unfit</c>: the mail itself is wrong and no server was asked.</param>
    /// <param name="Message">What happened and what to do.</param>
    public sealed record Refused(string Code, string Message) : Delivery;

    /// <summary>The whole mail was written and no answer came: it may have arrived. Only a person may have it sent again.</summary>
    /// <param name="Message">What happened and how to find out.</param>
    public sealed record Uncertain(string Message) : Delivery;
}
