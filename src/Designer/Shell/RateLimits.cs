using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Designer.Shell;

/// <summary>Requests a minute for each key, as <c>Limits:RequestsPerMinute</c> says, and how many pages may be open at once.</summary>
public static class RateLimits
{
    /// <summary>Live pages that a person may have open.</summary>
    public const int PagesPerPerson = 20;

    /// <summary>Live pages that may be open from one network address. This machine's own is not counted: behind a proxy it stands for everybody.</summary>
    public const int PagesPerAddress = 100;

    /// <summary>Adds the limiter; it belongs after authentication, since the key or the person is its partition.</summary>
    public static IServiceCollection AddKeyRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(PartitionedRateLimiter.Create<HttpContext, Guid>(OfKey), PartitionedRateLimiter.Create<HttpContext, Guid>(OfPerson), PartitionedRateLimiter.Create<HttpContext, string>(OfAddress));
        limiter.OnRejected = async (rejected, _) => await Problems.WriteAsync(rejected.HttpContext, new Refusal("rate_limited", IsPage(rejected.HttpContext)
            ? $"Too many pages are open at once: a person may have {PagesPerPerson}. Close some, then load this one again."
            : "This key has made more requests than Limits:RequestsPerMinute allows. Wait as Retry-After says."));
    });

    private static RateLimitPartition<Guid> OfKey(HttpContext http)
    {
        var perMinute = http.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value.RequestsPerMinute;
        if (perMinute == 0 || http.User.Identity is not ActorIdentity) return RateLimitPartition.GetNoLimiter(Guid.Empty);
        return RateLimitPartition.GetTokenBucketLimiter(http.KeyId(), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute, TokensPerPeriod = Math.Max(1, perMinute / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(perMinute >= 60 ? 1 : 60.0 / perMinute), QueueLimit = 0,
        });
    }

    private static RateLimitPartition<Guid> OfPerson(HttpContext http) => IsPage(http) && Session.Of(http.User) is { } session
        ? RateLimitPartition.GetConcurrencyLimiter(session.Person, _ => AtOnce(PagesPerPerson))
        : RateLimitPartition.GetNoLimiter(Guid.Empty);

    private static RateLimitPartition<string> OfAddress(HttpContext http) => IsPage(http) && http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)
        ? RateLimitPartition.GetConcurrencyLimiter(http.RemoteAddress()!, _ => AtOnce(PagesPerAddress))
        : RateLimitPartition.GetNoLimiter("");

    /// <summary>True for the connection of a live page, which lasts as long as the page is open.</summary>
    private static bool IsPage(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && http.Request.Path == "/_blazor";

    private static ConcurrencyLimiterOptions AtOnce(int pages) => new() { PermitLimit = pages, QueueLimit = 0 };
}
