import t from 'tap';
import { exitOnSignals } from '../../src/files/signals.js';

const names = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
const counts = () => names.map((name) => process.listenerCount(name));

/** As in a program that does not listen to signals: those who listen in a test listen again after it. */
t.beforeEach((t) => {
  for (const name of names) {
    const others = process.listeners(name);
    process.removeAllListeners(name);
    t.teardown(() => {
      for (const other of others) process.on(name, other);
    });
  }
});

t.test('somebody listens exactly as long as one caller needs it', async (t) => {
  const [endFirst, endSecond] = [exitOnSignals(), exitOnSignals()];
  t.same(counts(), [1, 1, 1], 'once for all callers');
  endFirst();
  t.same(counts(), [1, 1, 1]);
  endSecond();
  t.same(counts(), [0, 0, 0]);
  const endThird = exitOnSignals();
  t.same(counts(), [1, 1, 1], 'again, later');
  endThird();
  t.same(counts(), [0, 0, 0]);
});

t.test('a program that listens itself decides itself', async (t) => {
  const own = () => {};
  process.on('SIGINT', own);
  const end = exitOnSignals();
  t.strictSame(process.listeners('SIGINT'), [own]);
  end();
  t.strictSame(process.listeners('SIGINT'), [own]);
  process.off('SIGINT', own);
});
