import { parentPort } from 'node:worker_threads';
import type { DrawReply, DrawRequest } from './drawing.js';
import { layOut } from './renderer.js';

if (!parentPort) throw new Error('this is the drawing thread, to be started as a worker');
const port = parentPort;

let lastEncoded: Promise<unknown> = Promise.resolve();

/**
 * The next chart is laid out while a thread of the pool encodes the last one; but only one of them, because a
 * process that is told to exit waits for all that its pool is at.
 */
async function answer({ id, picture, data }: DrawRequest): Promise<DrawReply> {
  try {
    const canvas = await layOut(picture, data);
    const png = lastEncoded.then(() => canvas.encode('png'));
    lastEncoded = png.catch(() => {});
    return { id, png: await png };
  } catch (cause) {
    return { id, error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}

port.on('message', async (request: DrawRequest) => port.postMessage(await answer(request)));
