using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Designer.Shell;

/// <summary>Requests a minute for each key, as <c>Limits:RequestsPerMinute</c> says.</summary>
public static class RateLimits
{
    /// <summary>Adds the limiter; it belongs after authentication, since the key is its partition.</summary>
    public static IServiceCollection AddKeyRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Guid>(http =>
        {
            var perMinute = http.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.RequestsPerMinute;
            if (perMinute == 0 || http.User.Identity is not ActorIdentity) return RateLimitPartition.GetNoLimiter(Guid.Empty);
            return RateLimitPartition.GetTokenBucketLimiter(http.KeyId(), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = perMinute, TokensPerPeriod = Math.Max(1, perMinute / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(perMinute >= 60 ? 1 : 60.0 / perMinute), QueueLimit = 0,
            });
        });
        limiter.OnRejected = async (rejected, _) => await Problems.WriteAsync(rejected.HttpContext,
            new Refusal("rate_limited", "This key has made more requests than Limits:RequestsPerMinute allows. Wait as Retry-After says."));
    });
}
