/**
 * Runs a task that Ctrl-C ends early and not at once: the first aborts the signal, for the task to end by, the
 * second does what it would have done without.
 *
 * @param names the signals that do so
 */
export async function interruptible<Result>(
  task: (signal: AbortSignal) => Promise<Result>,
  names: readonly NodeJS.Signals[] = ['SIGINT'],
): Promise<Result> {
  const controller = new AbortController();
  const others = names.map((name) => ({ name, listeners: process.listeners(name) }));
  const restore = () => {
    // Never without any: a signal would end the process by itself.
    for (const { name, listeners } of others) {
      for (const listener of listeners.splice(0)) process.on(name, listener);
      process.off(name, interrupt);
    }
  };
  const interrupt = () => {
    restore();
    controller.abort();
  };
  for (const { name, listeners } of others) {
    process.on(name, interrupt);
    for (const listener of listeners) process.off(name, listener);
  }
  try {
    return await task(controller.signal);
  } finally {
    restore();
  }
}
