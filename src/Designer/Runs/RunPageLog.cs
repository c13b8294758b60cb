namespace PromptDesigner.Designer.Runs;

internal static partial class RunPageLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The page of run {Run} stopped following it")]
    public static partial void Stopped(ILogger logger, Guid run, Exception error);
}
