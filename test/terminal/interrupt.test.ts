import t from 'tap';
import { interruptible } from '../../src/terminal/interrupt.js';

/** As Node calls it, but its own types know no number. */
const emitter: NodeJS.EventEmitter = process;

t.afterEach(() => {
  process.exitCode = undefined;
});

for (const [name, number, code] of [
  ['SIGINT', 2, 130],
  ['SIGTERM', 15, 143],
] as const) {
  t.test(`${name} aborts the task, which sets the exit code ${code} and still has a result`, async (t) => {
    const before = process.listeners(name);
    const task = async (signal: AbortSignal) => {
      t.equal(process.listenerCount(name), 1, 'no other listener ends the process');
      emitter.emit(name, name, number);
      t.same(process.listeners(name), before, 'the second signal has its usual effect');
      return signal.aborted;
    };
    t.equal(await interruptible(task, ['SIGINT', 'SIGTERM']), true);
    t.equal(process.exitCode, code);
    t.same(process.listeners(name), before);
  });
}

t.test('a task that nothing interrupts leaves the exit code alone', async (t) => {
  const before = process.listeners('SIGINT');
  t.equal(await interruptible(async (signal) => signal.aborted), false);
  t.equal(process.exitCode, undefined);
  t.same(process.listeners('SIGINT'), before);
});

t.test('a task that ends by itself, or fails, leaves the listeners as they were', async (t) => {
  const [before, terminated] = [process.listeners('SIGINT'), process.listeners('SIGTERM')];
  await interruptible(async () => t.equal(process.listenerCount('SIGINT'), 1), ['SIGINT', 'SIGTERM']);
  await t.rejects(
    interruptible(() => Promise.reject(new Error('failed')), ['SIGINT', 'SIGTERM']),
    { message: 'failed' },
  );
  t.strictSame(process.listeners('SIGINT'), before);
  t.strictSame(process.listeners('SIGTERM'), terminated);
});
