// A lost connection is tried again at once and then every second or two, not ever more seldom: a server that was started again is found soon.
Blazor.start({ circuit: { reconnectionOptions: { maxRetries: 100_000, retryIntervalMilliseconds: tried => (tried < 10 ? 1_000 : 2_000) } } });
