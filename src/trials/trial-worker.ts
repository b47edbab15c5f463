import { parentPort, workerData } from 'node:worker_threads';
import type { TrialReply } from './threads.js';
import { type Trial, trialRunner } from './trial.js';

if (!parentPort) throw new Error('this is a worker of trials, to be started as one');
const port = parentPort;
const run = trialRunner(workerData);

async function answer(trial: Trial): Promise<TrialReply> {
  try {
    return { result: await run(trial) };
  } catch (cause) {
    return { error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}

port.on('message', async (trial: Trial) => port.postMessage(await answer(trial)));
