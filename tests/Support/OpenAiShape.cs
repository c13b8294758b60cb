using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PromptDesigner.Support;

/// <summary>Answers as an OpenAI-compatible server writes them.</summary>
internal static class OpenAiShape
{
    /// <summary>The body: one object, or server-sent events.</summary>
    public static byte[] Body(ScriptedReply reply, string text, bool streams)
    {
        var quoted = JsonSerializer.Serialize(text);
        var finish = reply.FinishReason is null ? "null" : $"\"{reply.FinishReason}\"";
        var usage = reply.Usage is { } tokens
            ? string.Create(CultureInfo.InvariantCulture, $"\"usage\":{{\"prompt_tokens\":{tokens.Input},\"completion_tokens\":{tokens.Output},\"total_tokens\":{tokens.Input + tokens.Output}}}")
            : null;
        if (!streams)
            return Encoding.UTF8.GetBytes(
                $"{{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":{quoted}}},\"finish_reason\":{finish}}}]{(usage is null ? "" : "," + usage)}}}");
        var events = new StringBuilder();
        const string Head = "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":";
        for (var at = 0; at < text.Length; at += 8)
            events.Append("data: ").Append(Head).Append("[{\"index\":0,\"delta\":{\"content\":").Append(JsonSerializer.Serialize(text.Substring(at, Math.Min(8, text.Length - at))))
                .Append("},\"finish_reason\":null}]}\n\n");
        if (reply.FinishReason is not null) events.Append("data: ").Append(Head).Append("[{\"index\":0,\"delta\":{},\"finish_reason\":").Append(finish).Append("}]}\n\n");
        if (usage is not null) events.Append("data: ").Append(Head).Append("[],").Append(usage).Append("}\n\n");
        return Encoding.UTF8.GetBytes(events.Append("data: [DONE]\n\n").ToString());
    }

    /// <summary>Head and body.</summary>
    public static byte[] Message(ScriptedReply reply, byte[] body, bool streams)
    {
        var head = new StringBuilder("HTTP/1.1 ").Append(reply.Status.ToString(CultureInfo.InvariantCulture)).Append(" x\r\nContent-Type: ")
            .Append(streams ? "text/event-stream" : reply.ContentType).Append("\r\n");
        foreach (var header in reply.Headers) head.Append(header).Append("\r\n");
        if (reply.NoLength) head.Append("Connection: close\r\n");
        else head.Append("Content-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        var bytes = new byte[head.Length + 2 + body.Length];
        var at = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString(), bytes);
        body.CopyTo(bytes, at);
        return bytes;
    }
}
