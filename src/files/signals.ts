const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Number of callers that need the listeners. */
let users = 0;
let listeners: readonly { name: string; exit: () => void }[] = [];

/**
 * From now on, a signal that would end the process at once makes it exit, so that its exit hooks run. The exit code is
 * 128 + the number of the signal, as shells expect.
 *
 * A listener is only called between two events, however long one takes. So this is for work that lets the event loop
 * run. Without a listener, a signal ends the process in the middle of any computation.
 *
 * @returns a function that removes the listeners again, to be called once
 */
export function exitOnSignals(): () => void {
  if (users++ === 0) {
    listeners = Object.entries(signals)
      // A signal that has a listener keeps that one.
      .filter(([name]) => process.listenerCount(name) === 0)
      .map(([name, number]) => ({ name, exit: () => process.exit(128 + number) }));
    for (const { name, exit } of listeners) process.on(name, exit);
  }
  return () => {
    if (--users > 0) return;
    for (const { name, exit } of listeners) process.off(name, exit);
  };
}
