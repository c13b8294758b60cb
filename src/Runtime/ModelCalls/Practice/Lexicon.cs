namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>How positive and how urgent a text sounds, by lists of words.</summary>
internal static class Lexicon
{
    private const double Weightier = 1.4;
    private static readonly Dictionary<string, double> Feelings = Weigh(
        (3, "excellent outstanding fantastic amazing superb awesome perfect perfectly brilliant wonderful flawless phenomenal love loved loves best"),
        (2, "great good nice happy pleased satisfied impressed impressive enjoy enjoyed recommend recommended reliable beautiful delighted fast solid easy easily helpful friendly glad sharp crisp " +
            "durable affordable worth pleasant comfortable intuitive smooth sturdy sleek stylish incredible favorite fun terrific thrilled bargain"),
        (1, "likes better fine works worked simple useful clear clean quick quickly cheap compact bright convenient positive thanks thank " +
            "improved improvement handy decent advantage appreciate versatile value strong"),
        (-1, "slow hard difficult loud noisy heavy cheaply confusing confused late delay delayed lack lacks lacking missing weak unclear limited minor expensive flimsy bulky awkward issue issues " +
            "complicated less poorly lost fault declined unable cannot wrong stuck pending dim blurry negative inconvenient flaw flaws concern worried returned"),
        (-2, "bad poor problem problems annoying annoyed disappointed disappointing disappointment fail fails failed failing failure broke broken break breaks defective unhappy unusable unreliable complaint complain " +
            "error errors crash crashed crashes useless dead died freeze freezes dissatisfied dislike ugly sucks regret refund trouble troubles ridiculous frustrating frustrated frustration waste wasted junk cheated overpriced"),
        (-3, "terrible horrible awful worst hate hated hates garbage disgusting unacceptable nightmare scam fraud stolen furious angry outraged lousy pathetic crap rubbish disaster"));

    private static readonly HashSet<string> Nots = [.. "not no never none dont doesnt didnt isnt wasnt arent werent cant cannot couldnt wont wouldnt hasnt havent hadnt without nothing hardly barely neither nor".Split(' ')];

    private static readonly Dictionary<string, double> Strong = Weigh((1.5, "very really extremely absolutely incredibly totally completely so too highly super"), (0.6, "somewhat slightly little bit fairly rather quite kinda"));

    private static readonly Dictionary<string, double> Hurry = Weigh(
        (3, "urgent urgently immediately emergency asap critical stolen fraud hacked outage unauthorized unauthorised danger compromised"),
        (2, "now today lost stuck blocked locked swallowed twice deadline cannot cant wrong broken down crash crashed security hurry quickly soon fast"),
        (1, "help problem error failed fails failing declined missing waiting wait refund charged complaint unable angry issue trouble worried tomorrow still pending"));

    /// <summary>From −1 (bad) over 0 to 1 (good).</summary>
    public static double Feeling(string text)
    {
        double sum = 0;
        double size = 0;
        var words = Words.Of(text).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            if (!Feelings.TryGetValue(words[i], out var weight)) continue;
            for (var back = 1; back <= 3 && i - back >= 0; back++)
            {
                if (Nots.Contains(words[i - back]) && !Feelings.ContainsKey(words[i - back])) weight *= -0.7;
                else if (back == 1 && Strong.TryGetValue(words[i - back], out var factor)) weight *= factor;
            }
            // What is bad is said less often, and meant more.
            if (weight < 0) weight *= Weightier;
            sum += weight;
            size += Math.Abs(weight);
        }
        sum += 0.6 * text.Count(c => c == '!') * Math.Sign(sum);
        return Math.Clamp(sum / (size + 3), -1, 1);
    }

    /// <summary>From 0 (whenever) to 1 (at once).</summary>
    public static double Urgency(string text)
    {
        var sum = Words.Of(text).Sum(w => Hurry.GetValueOrDefault(w)) + 0.5 * text.Count(c => c == '!') + Math.Max(0, -Feeling(text)) * 2;
        return sum / (sum + 3);
    }

    private static Dictionary<string, double> Weigh(params (double Weight, string Words)[] lists)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (weight, words) in lists)
            foreach (var word in words.Split(' ')) weights[word] = weight;
        return weights;
    }
}
