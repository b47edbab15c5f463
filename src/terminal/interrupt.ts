/**
 * Runs a task that Ctrl-C ends early and not at once: the first aborts the signal, for the task to end by, the
 * second does what it would have done without.
 */
export async function interruptible<Result>(task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const others = process.listeners('SIGINT');
  const restore = () => {
    process.off('SIGINT', interrupt);
    for (const listener of others.splice(0)) process.on('SIGINT', listener);
  };
  const interrupt = () => {
    restore();
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  for (const listener of others) process.off('SIGINT', listener);
  try {
    return await task(controller.signal);
  } finally {
    restore();
  }
}
