/** The script of a worker, which has a core and rows of its own, and computes its part of one training. */
import { enterThread } from '#platform';
import { readyBlocks } from './blocks.js';
import { countUp, tasks, tellFailure, type WorkerSetup, waitForChange, words } from './channel.js';
import { gatherFrom } from './gather.js';
import { createWasmCore } from './wasm.js';

/** How long to wait for a task before checking whether the training has ended. */
const WAIT_MS = 1000;

enterThread(async ({ module, shape, blocks, channel, spool }: WorkerSetup, ready) => {
  const { control, parameters, sums, mean, scale, features, classes, weights } = channel;
  const core = createWasmCore(module, shape, spool ? { spool } : {}, blocks);
  const gather = gatherFrom(features, mean.length);
  const isAborted = () => Atomics.load(control, words.abort) !== 0;
  const everyRow = Int32Array.from(weights.keys());

  async function addGradient(): Promise<void> {
    for await (const { first, last } of readyBlocks(core, 1)) {
      if (isAborted()) break;
      core.gradient(first, last);
      Atomics.add(control, words.progress, 1);
    }
    sums.set(core.sumsOf(blocks));
  }

  async function carryOut(task: number): Promise<void> {
    const first = control[words.first];
    const count = control[words.count];
    switch (task) {
      case tasks.pack:
        core.pack(gather, everyRow.subarray(0, count), { mean, scale }, first);
        break;
      case tasks.label:
        core.label(classes, everyRow.subarray(0, count), first);
        break;
      case tasks.labelWeighted:
        core.label(classes, everyRow.subarray(0, count), first, weights);
        break;
      case tasks.gradient:
        core.parameters.set(parameters);
        await addGradient();
        break;
      case tasks.classify:
        core.parameters.set(parameters);
        classes.set(core.classes(count));
        break;
      default:
        throw new Error(`there is no task ${task}`);
    }
  }

  ready();
  for (let ordered = 0; !isAborted(); ) {
    if (!waitForChange(control, words.ordered, ordered, WAIT_MS)) continue;
    ordered = Atomics.load(control, words.ordered);
    if (isAborted()) break;
    try {
      await carryOut(control[words.task]);
    } catch (error) {
      tellFailure(channel, error);
      throw error;
    }
    countUp(control, words.finished);
  }
});
