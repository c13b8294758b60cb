using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>What every run's loop works with.</summary>
internal sealed record EngineParts(RunJournal Journal, StepRunner Steps, RunLoader Loader, RunFeed Feed, RunOptions Options, TimeProvider Clock, CrashPoints Crash, OutboxSignal Outbox);
