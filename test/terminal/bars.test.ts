import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import t, { type Test } from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import type { Epoch } from '../../src/model/training/train.js';
import { planRun } from '../../src/run/run.js';
import {
  epochProgress,
  type ProgressBar,
  readingProgress,
  roundProgress,
  trialProgress,
} from '../../src/terminal/progress.js';
import { trainWithProgress } from '../../src/terminal/training.js';
import { capture } from '../capture.js';

const shape = { rows: 200, features: 16, classes: 3 };
/** An epoch of a training, of which a bar shows these two. */
const epochOf = (epoch: number, loss: number) => ({ epoch, loss }) as Epoch;

/** Sets the clock forward; afterwards it stands still. */
function passTime(t: Test, milliseconds: number): void {
  const now = performance.now() + milliseconds;
  Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
  t.teardown(() => Reflect.deleteProperty(performance, 'now'));
}

/** Waits until a bar that is due has been loaded and drawn. */
const drawn = () => import('cli-progress').then(() => delay(5));

/** What a bar shows after steps: the first comes at once, each of the others after 0.6 s. */
async function shown<Step>(
  t: Test,
  open: () => ProgressBar<Step>,
  steps: readonly Step[],
  columns?: number,
): Promise<string> {
  const draw = async () => {
    const progress = open();
    for (const step of steps) {
      progress.advance(step);
      await drawn();
      passTime(t, 600);
    }
    progress.stop();
  };
  return stripVTControlCharacters((await capture(draw, true, columns)).stderr);
}

t.test('what takes half a second at most has no bar', async (t) => {
  // The clock stands still, however slow the machine is.
  passTime(t, 0);
  const { stderr } = await capture(async () => {
    const progress = epochProgress(100);
    progress.advance(epochOf(1, 2));
    passTime(t, 499);
    progress.advance(epochOf(45, 1.5));
    await drawn();
    progress.stop();
  }, true);
  t.equal(stderr, '');
});

t.test('then it follows the epochs', async (t) => {
  const steps = [epochOf(1, 2), epochOf(45, 1.23456), epochOf(46, 1)];
  const text = await shown(t, () => epochProgress(100), steps);
  t.match(text, /^ training [█░]{40} 45% │ epoch 45\/100 │ loss 1\.2346 │ \S+ left/);
  t.match(text, / training [█░]{40} 46% │ epoch 46\/100 │ loss 1\.0000 │ \S+ left$/);
  t.notMatch(text, 'epoch 1/');
});

t.test('in a narrow terminal the bar is shorter', async (t) => {
  const steps = [epochOf(1, 2), epochOf(45, 1.23456)];
  t.match(
    await shown(t, () => epochProgress(100), steps, 80),
    / training [█░]{10,39} 45% │ epoch 45\/100 │ /,
  );
});

t.test('the rounds of a benchmark', async (t) => {
  const steps = [1, 2].map((finished) => ({ shape, finished }));
  const text = await shown(t, () => roundProgress(8), steps);
  t.match(text, / measuring [█░]{40} 25% │ 200x16x3 │ \S+ left │ Ctrl-C ends/);
});

t.test('the trials of a sweep, with the best so far, and the time that is left', async (t) => {
  const best = '97.50% with l2 0.1';
  const steps = [{ finished: 2 }, { finished: 4, best }, { finished: 12, best }];
  const text = await shown(t, () => trialProgress(12, 2), steps);
  t.match(text, /33% │ training 4\/12 │ \S+ (s|ms|min) left │ best 97\.50% with l2 0\.1/);
  t.match(text, /100% │ training 12\/12 │ best 97\.50% with l2 0\.1$/);
  t.match(
    await shown(t, () => trialProgress(12), [{ finished: 0 }, { finished: 0 }]),
    /^ validating [█░]{40} 0% │ training 0\/12$/,
    'also before the first is finished, without a guess',
  );
});

t.test('the epochs of a training, then its trainings on folds; nothing but on a terminal', async (t) => {
  const plan = planRun(await loadDigits(), { epochs: 20, calibrate: 'temperature' });
  // Each look at the clock takes a tenth of a second, so that there is a bar however fast the machine is.
  let now = performance.now();
  Object.defineProperty(performance, 'now', { value: () => (now += 100), configurable: true });
  t.teardown(() => Reflect.deleteProperty(performance, 'now'));
  await drawn();
  const shownTo = async (isInteractive: boolean) =>
    stripVTControlCharacters((await capture(() => trainWithProgress(plan, 1, isInteractive), true)).stderr);
  t.match(await shownTo(true), /^ training [█░]+ .* epoch \d+\/20 .* validating [█░]+ .* training [1-4]\/5/);
  t.equal(await shownTo(false), '');
});

t.test('the bytes of a table, whose size may not be known', async (t) => {
  const steps = (size?: number) => [1e6, 12.4e6].map((read) => ({ read, size }));
  t.match(await shown(t, readingProgress, steps(62e6)), / reading [█░]{40} 20% │ 12 MB │ \S+ left/);
  t.match(await shown(t, readingProgress, steps()), /^ reading 12 MB\s*$/);
});

t.test('a bar that is due when the work ends leaves nothing behind', async (t) => {
  const listeners = process.listenerCount('exit');
  const { stderr } = await capture(async () => {
    const progress = epochProgress(100);
    progress.advance(epochOf(1, 2));
    passTime(t, 600);
    progress.advance(epochOf(45, 1.5));
    progress.stop();
    await drawn();
    progress.advance(epochOf(46, 1.5));
    await drawn();
  }, true);
  t.equal(stderr, '');
  t.equal(process.listenerCount('exit'), listeners);
});

t.test('a bar that was drawn is removed at the end, also by an exit', async (t) => {
  const listeners = process.listeners('exit');
  const { stderr } = await capture(async () => {
    const progress = epochProgress(100);
    progress.advance(epochOf(1, 2));
    passTime(t, 600);
    progress.advance(epochOf(45, 1.5));
    await drawn();
    const [atExit] = process.listeners('exit').filter((listener) => !listeners.includes(listener));
    t.type(atExit, 'function');
    progress.stop();
    await drawn();
  }, true);
  t.equal(process.listenerCount('exit'), listeners.length);
  t.ok(stderr.endsWith('\x1b[1G\x1b[2K'), 'its line is cleared');
});
