import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { randomTable } from '../../src/bench/random-table.js';
import { countShards, planBlocks, shareBlocks } from '../../src/core/blocks.js';
import { words } from '../../src/core/channel.js';
import type { Shape, Trainer } from '../../src/core/core.js';
import { gatherFrom } from '../../src/core/gather.js';
import { loadTrainer } from '../../src/core/load.js';
import { compileModule } from '../../src/core/module.js';
import { checkShares, startThreads } from '../../src/core/threads.js';
import type { LoadedDataset } from '../../src/data/dataset.js';
import { everyRow } from '../../src/data/dataset.js';
import { fitScaler } from '../../src/data/scaler.js';
import { startThread } from '../../src/platform/node.js';
import { createOracle } from './oracle.js';

const large: Shape = { rows: 9001, features: 61, classes: 17 };
const random = fc.record({
  rows: fc.integer({ min: 2000, max: 9000 }),
  features: fc.integer({ min: 30, max: 90 }),
  classes: fc.integer({ min: 12, max: 30 }),
});

/** Packs a table in portions of so many rows, as a training does. */
function packTable(trainer: Trainer, table: LoadedDataset, portion = 1000): void {
  const rows = everyRow(table.features);
  const scaler = fitScaler(table.features, rows);
  for (let first = 0; first < rows.length; first += portion) {
    trainer.pack(
      gatherFrom(table.features.values, table.features.columns),
      rows.subarray(first, first + portion),
      scaler,
      first,
    );
    trainer.label(table.labels, rows.subarray(first, first + portion), first);
  }
}

async function trainEpochs(trainer: Trainer, epochs: number): Promise<number[]> {
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    trainer.gradient(0, trainer.blocks);
    while (!trainer.join(10)) await new Promise(setImmediate);
    losses.push(trainer.reduce());
    trainer.update(0.5);
  }
  return losses;
}

async function learn(shape: Shape, seed: number, threads: number) {
  const trainer = await loadTrainer(shape, threads);
  try {
    packTable(trainer, randomTable(shape, seed));
    const losses = await trainEpochs(trainer, 4);
    return { losses, weights: trainer.weights.slice(), bias: trainer.bias.slice() };
  } finally {
    trainer.close();
  }
}

t.test('threads share whole shards, in order, the first no more than another', async (t) => {
  fc.assert(
    fc.property(random, fc.integer({ min: 1, max: 9 }), (shape, threads) => {
      const shares = shareBlocks(shape, threads);
      const sizes = shares.map((blocks) => new Set(blocks.map(({ shard }) => shard)).size);
      return (
        JSON.stringify(shares.flat()) === JSON.stringify(planBlocks(shape)) &&
        shares.length === Math.min(threads, countShards(planBlocks(shape))) &&
        sizes.every((size) => size >= sizes[0] && size <= sizes[0] + 1)
      );
    }),
  );
  t.equal(countShards(planBlocks(large)), 8);
});

t.test('any number of threads computes the same bits', async (t) => {
  const expected = await learn(large, 3, 1);
  for (let threads = 2; threads <= 8; threads++)
    t.same(await learn(large, 3, threads), expected, `${threads}`);
});

t.test('core and oracle agree over random shapes, on any number of threads', async (t) => {
  await fc.assert(
    fc.asyncProperty(random, fc.nat(), fc.integer({ min: 2, max: 8 }), async (shape, seed, threads) => {
      const oracle = createOracle(shape);
      packTable(oracle, randomTable(shape, seed));
      const expected = await trainEpochs(oracle, 4);
      const found = await learn(shape, seed, threads);
      const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) =>
        Array.from(a).every((value, i) => Math.abs(value - b[i]) < tolerance);
      return (
        near(found.losses, expected, 1e-5) &&
        near(found.weights, oracle.weights, 5e-6) &&
        near(found.bias, oracle.bias, 5e-6)
      );
    }),
    { numRuns: 12 },
  );
  t.pass('12 shapes');
});

t.test('rows are packed alike whatever the portions', async (t) => {
  const table = randomTable(large, 1);
  const [whole, portions] = await Promise.all([loadTrainer(large, 3), loadTrainer(large, 3)]);
  packTable(whole, table, large.rows);
  packTable(portions, table, 808);
  t.same(await trainEpochs(portions, 2), await trainEpochs(whole, 2));
  for (const trainer of [whole, portions]) trainer.close();
});

t.test('classes are those of one thread, also of a table that is packed in part', async (t) => {
  const [alone, shared] = await Promise.all([loadTrainer(large, 1), loadTrainer(large, 3)]);
  const table = randomTable(large, 6);
  const rows = everyRow(table.features);
  const scaler = fitScaler(table.features, rows);
  for (const trainer of [alone, shared]) {
    packTable(trainer, table);
    await trainEpochs(trainer, 2);
  }
  t.equal(alone.classes(large.rows).length, large.rows);
  t.ok(new Set(alone.classes(large.rows)).size > 3);
  t.same(shared.classes(large.rows), alone.classes(large.rows));
  for (const count of [8001, 4000, 17]) {
    for (const trainer of [alone, shared])
      trainer.pack(gatherFrom(table.features.values, table.features.columns), rows.slice(-count), scaler);
    t.equal(shared.classes(count).length, count);
    t.same(shared.classes(count), alone.classes(count));
  }
  shared.close();
});

t.test('what ended is not used again', async (t) => {
  const trainer = await loadTrainer(large, 2);
  trainer.close();
  trainer.close();
  t.throws(() => trainer.join(1), { message: 'the threads of this training were closed' });
});

t.test('a share too large for a WebAssembly memory is refused, more threads may do', async (t) => {
  const shape = { rows: 2_000_000, features: 784, classes: 10 };
  t.throws(() => checkShares(shape, 1), { message: /2000000 rows × 784 features .* or more threads/ });
  checkShares(shape, 2);
});

const module = await compileModule(
  await readFile(new URL('../../dist/assets/core.wasm', import.meta.url)),
  'deterministic',
);

/** A trainer whose workers run this script instead, once they are ready. */
async function withWorkers(script: string, patience = 30_000, threads = 2): Promise<Trainer> {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.postMessage('ready');
    const { control } = workerData.channel;
    ${script}`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  return startThreads(
    module,
    large,
    threads,
    {},
    {
      start: (setup, onEnd) => startThread(setup, onEnd, url),
      patience,
    },
  );
}

async function joined(trainer: Trainer): Promise<void> {
  trainer.gradient(0, trainer.blocks);
  while (!trainer.join(10)) await new Promise(setImmediate);
}

t.test('a worker that throws, ends or hangs ends the training with its reason', async (t) => {
  const onTask = (script: string) => `Atomics.wait(control, 0, 0); ${script}`;
  for (const [script, message] of [
    [onTask("throw new Error('out of luck')"), 'a worker thread failed: out of luck'],
    [onTask('process.exit(7)'), 'a worker thread ended with code 7'],
    [onTask('for (;;);'), /^a worker thread has made no progress for 0.2 s: train on one thread$/],
  ] as const) {
    const trainer = await withWorkers(script, 200);
    await t.rejects(joined(trainer), { message });
    trainer.close();
  }
});

t.test('a worker that fails while rows are packed is not waited for', async (t) => {
  const trainer = await withWorkers(`
    Atomics.wait(control, 0, 0);
    Atomics.store(control, ${words.failed}, 1);`);
  t.throws(() => packTable(trainer, randomTable(large, 1)), { message: 'a worker thread failed' });
  trainer.close();
});

t.test('a worker that fails is known of while others work', async (t) => {
  const trainer = await withWorkers(
    `const { firstRow } = workerData.blocks[0];
    Atomics.wait(control, 0, 0);
    if (firstRow > ${large.rows / 2}) Atomics.store(control, ${words.failed}, 1);
    for (;;) {
      Atomics.wait(control, ${words.abort}, 0, 10);
      Atomics.add(control, ${words.progress}, 1);
    }`,
    30_000,
    3,
  );
  await t.rejects(joined(trainer), { message: 'a worker thread failed' });
  trainer.close();
});

t.test('a worker tells what is wrong with its file', { skip: process.platform !== 'linux' }, async (t) => {
  const descriptor = openSync('/dev/full', 'r+');
  t.teardown(() => closeSync(descriptor));
  const trainer = await loadTrainer(large, 2, 'deterministic', { spool: { descriptor, folder: '/spool' } });
  const table = randomTable(large, 1);
  const rows = everyRow(table.features);
  // Rows of the worker alone.
  const offset = 8000;
  trainer.pack(
    gatherFrom(table.features.values, table.features.columns),
    rows.subarray(offset),
    fitScaler(table.features, rows),
    offset,
  );
  await t.rejects(joined(trainer), {
    name: 'SpoolError',
    message:
      /^the spool file in \/spool can't grow to .*: no space left on device; give --spool-dir .* more$/,
  });
  await trainer.close();
});

t.test('being woken is not taken for a finished task', async (t) => {
  const trainer = await withWorkers(`
    Atomics.wait(control, 0, 0);
    for (;;) Atomics.notify(control, 1);`);
  trainer.gradient(0, trainer.blocks);
  t.notOk(trainer.join(20));
  t.notOk(trainer.join(20));
  trainer.close();
});

t.test('a worker that is slow is waited for', async (t) => {
  const trainer = await withWorkers(
    `Atomics.wait(control, 0, 0);
    for (let i = 0; i < 10; i++) {
      Atomics.wait(control, 3, 0, 200);
      Atomics.add(control, 2, 1);
    }
    Atomics.store(control, 1, 1);
    Atomics.notify(control, 1);`,
    1000,
  );
  await joined(trainer);
  t.pass('after two seconds, with a patience of one');
  trainer.close();
});

t.test('a worker that does not start is an error, and the others are ended', async (t) => {
  const threads: boolean[] = [];
  let count = 0;
  await t.rejects(
    startThreads(
      module,
      large,
      4,
      {},
      {
        start: async () => {
          const index = count++;
          if (index === 1) throw new Error('no more threads');
          threads[index] = true;
          return {
            end: async () => {
              threads[index] = false;
            },
          };
        },
        patience: 1,
      },
    ),
    { message: 'no more threads' },
  );
  t.same([threads[0], threads[2]], [false, false]);
  const broken = new URL('data:text/javascript,throw new Error("broken")');
  await t.rejects(
    startThread({}, () => {}, broken),
    { message: 'a worker thread failed: broken' },
  );
});

t.test('without threads, training runs on the calling thread', async (t) => {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const script = `
    import { fit } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    const [n, d, k] = [20_000, 100, 10];
    const values = Float32Array.from({ length: n * d }, (_, i) => (i * 7919) % 1009);
    const labels = Int32Array.from({ length: n }, (_, row) => row % k);
    const classes = Array.from({ length: k }, (_, label) => String(label));
    const table = { features: { rows: n, columns: d, values }, labels, classes };
    const options = { epochs: 100, learningRate: 0.1, learningRateDecay: 0 };
    const rows = Int32Array.from(labels, (_, row) => row);
    const losses = [];
    await fit(table, rows, options, ({ loss }) => losses.push(loss));
    console.log(losses.length, losses[0] > losses[99]);
    await fit(table, rows, { ...options, threads: 2 }).catch(({ message }) => console.log(message));
  `;
  const argv = [permission, '--allow-fs-read=*', '--no-warnings', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)('env', ['-u', 'NODE_OPTIONS', process.execPath, ...argv]);
  t.match(stdout, /^100 true\na worker thread could not be started: .+\n$/);
});
