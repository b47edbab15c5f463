import { parentPort } from 'node:worker_threads';
import type { DrawReply, DrawRequest } from './drawing.js';
import { renderPng } from './renderer.js';

if (!parentPort) throw new Error('this is the drawing thread, to be started as a worker');
const port = parentPort;

async function answer({ id, picture, data }: DrawRequest): Promise<DrawReply> {
  try {
    return { id, png: await renderPng(picture, data) };
  } catch (cause) {
    return { id, error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}

port.on('message', async (request: DrawRequest) => port.postMessage(await answer(request)));
