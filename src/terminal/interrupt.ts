/**
 * Runs a task that Ctrl-C ends. The first Ctrl-C aborts the signal, on which the task should end, and sets the exit code
 * that shells expect, 128 + the number of the signal. The second ends the process as usual.
 *
 * @param names the process signals to handle this way
 */
export async function interruptible<Result>(
  task: (signal: AbortSignal) => Promise<Result>,
  names: readonly NodeJS.Signals[] = ['SIGINT'],
): Promise<Result> {
  const controller = new AbortController();
  const others = names.map((name) => ({ name, listeners: process.listeners(name) }));
  const restore = () => {
    // Listeners are added before any are removed: without one, a signal would end the process.
    for (const { name, listeners } of others) {
      for (const listener of listeners.splice(0)) process.on(name, listener);
      process.off(name, interrupt);
    }
  };
  const interrupt = (_name: NodeJS.Signals, number: number) => {
    restore();
    process.exitCode = 128 + number;
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
