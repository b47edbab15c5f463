import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { Canvas } from 'canvas';
import type { DrawReply, DrawRequest } from './drawing.js';
import { layOut } from './renderer.js';

if (!parentPort) throw new Error('this is the drawing thread, to be started as a worker');
const port = parentPort;

/** Resolves when the charts asked for so far are laid out. */
let laidOut: Promise<unknown> = Promise.resolve();
/** Resolves when the pictures laid out so far are encoded. */
let encoded: Promise<unknown> = Promise.resolve();

/**
 * The next chart is laid out while a thread of the pool encodes the last one; but only one of them, because a
 * process that is told to exit waits for all that its pool is at.
 */
port.on('message', ({ id, picture, data }: DrawRequest) => {
  const canvas = laidOut.then(() => layOut(picture, data));
  // Only after a turn of the event loop does the thread know of a picture that is encoded.
  laidOut = canvas.then(
    () => setImmediate(),
    () => {},
  );
  const png = Promise.all([canvas, encoded]).then(([drawn]) => encode(drawn));
  encoded = png.catch(() => {});
  png
    .then(
      (bytes): DrawReply => ({ id, png: bytes }),
      (cause): DrawReply => ({ id, error: cause instanceof Error ? cause : new Error(String(cause)) }),
    )
    .then((reply) => port.postMessage(reply));
});

async function encode(canvas: Canvas): Promise<Uint8Array> {
  const png = await canvas.encode('png');
  // Its pixels would else stay until the next garbage collection.
  canvas.width = 0;
  return png;
}
