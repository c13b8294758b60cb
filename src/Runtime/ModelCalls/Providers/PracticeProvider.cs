using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PromptDesigner.Runtime.ModelCalls.Practice;

namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>The practice model as a provider: offline, free, deterministic, with rehearsed trouble where the connection asks for it.</summary>
internal sealed class PracticeProvider(Rehearsal rehearsal, TimeProvider clock) : IModelProvider
{
    private const int PieceLength = 24;

    public async Task<ProviderAnswer> AskAsync(ProviderCall call, CancellationToken cancel)
    {
        if (rehearsal.Slow > TimeSpan.Zero) await Task.Delay(rehearsal.Slow, clock, cancel);
        if (Chance(call, "fail") < rehearsal.Fail) throw new ProviderFailure(FailureKind.Server, "The practice model was told to fail now and then (Rehearse: fail).");
        var text = PracticeModel.Answer(call.Messages, call.Json, call.Schema);
        if (call.Json && Chance(call, "invalidJson") < rehearsal.InvalidJson) text = text.Length > 2 ? text[..^2] : "{";
        if (call.Token is { } token)
            for (var at = 0; at < text.Length; at += PieceLength) token(text.Substring(at, Math.Min(PieceLength, text.Length - at)));
        var input = call.Messages.Sum(x => x.Content.Length);
        return new ProviderAnswer(text, new TokenUsage((input + 3) / 4, (text.Length + 3) / 4));
    }

    /// <summary>A number from 0 to 1 that the same request of the same run always draws; a repetition draws another.</summary>
    private static double Chance(ProviderCall call, string what) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(what + call.Key))) / (double)uint.MaxValue;
}
