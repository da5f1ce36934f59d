namespace SecureUserData.Silo.Health;

/// <summary>What a health check asks over HTTP: <c>/live</c>, whether the process runs, and <c>/ready</c>, whether it
/// can serve.</summary>
internal static class HealthEndpoints
{
    internal static Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/live" => TellAsync(context, StatusCodes.Status200OK, "live"),
        "/ready" => TellReadyAsync(context),
        _ => TellAsync(context, StatusCodes.Status404NotFound, "there are /live and /ready"),
    };

    private static async Task TellReadyAsync(HttpContext context)
    {
        var whyNot = await context.RequestServices.GetRequiredService<Readiness>().WhyNotAsync();
        await (whyNot is null
            ? TellAsync(context, StatusCodes.Status200OK, "ready")
            : TellAsync(context, StatusCodes.Status503ServiceUnavailable, whyNot));
    }

    private static Task TellAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text + "\n");
    }
}
