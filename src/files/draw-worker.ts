import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { DrawReply, DrawRequest, Result, Task } from './drawing.js';
import { draw, useSystemFonts } from './renderer.js';

if (!parentPort) throw new Error('this is the drawing thread: start it as a worker');
const port = parentPort;

async function perform(task: Task): Promise<Result> {
  if ('picture' in task) return { image: await draw(task.picture, task.data) };
  return { found: useSystemFonts(task.characters) };
}

async function answer({ id, task }: DrawRequest): Promise<DrawReply> {
  try {
    return { id, result: await perform(task) };
  } catch (cause) {
    return { id, error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}

let last: Promise<unknown> = Promise.resolve();

// Draws one picture at a time, with a turn of the event loop in between, which releases the pixels of the last one.
port.on('message', (request: DrawRequest) => {
  last = last
    .then(() => answer(request))
    .then((reply) => port.postMessage(reply))
    .then(() => setImmediate());
});
