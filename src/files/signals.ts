/** Signals that end a process where nobody listens to them. */
const names = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** Number of callers that need the listeners. */
let users = 0;
/** The signals that have our listener. */
let heard: readonly string[] = [];

/** The exit code is 128 + the number of the signal, as shells expect. */
function exit(_name: string, number: number): void {
  process.exit(128 + number);
}

/**
 * From now on, a signal that would end the process at once makes it exit, so that its exit hooks run.
 *
 * A listener is only called between two events, however long one takes. So this is for work that lets the event loop
 * run. Without a listener, a signal ends the process in the middle of any computation.
 *
 * @returns a function that removes the listeners again, to be called once
 */
export function exitOnSignals(): () => void {
  if (users++ === 0) {
    // A signal that has a listener keeps that one.
    heard = names.filter((name) => process.listenerCount(name) === 0);
    for (const name of heard) process.on(name, exit);
  }
  return () => {
    if (--users > 0) return;
    for (const name of heard) process.off(name, exit);
  };
}
