import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { setImmediate as setImmediateCallback } from 'node:timers';
import { setImmediate } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { fitPicture } from './fit-picture.js';

export { codeOf, reasonOf } from './reasons.js';
export { closeSpool, createSpool, readSpool, readSpoolAhead, writeSpool } from './spool.js';

const load = createRequire(import.meta.url);
const { resolve } = load;

/** A module compiled by the build. */
export type ModuleName = 'core' | 'core-relaxed' | 'peak' | 'peak-relaxed' | 'scan';

/** The bytes of a WebAssembly module. */
export function loadWasm(name: ModuleName): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(resolve(`#assets/${name}.wasm`));
}

/** The bytes of the digits: the pixels of all pictures, then their labels. */
export function loadDigitBytes(): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(resolve('#assets/digits.bin'));
}

/** The page of a model in one file, see `src/exports/html.ts`: HTML with a mark in the place of the model. */
export function loadModelPage(): Promise<string> {
  return readFile(resolve('#assets/model-page.html'), 'utf8');
}

/** Resolves after pending events (signals, timers, input) have been handled. */
export const nextTurn: () => Promise<void> = setImmediate;

/** SHA-256, in hexadecimal, of bytes that arrive in pieces. */
export async function sha256(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** Number of threads that can run at the same time. */
export const parallelism: () => number = availableParallelism;

/** Bytes of memory that are free, as far as the system tells; within a container, of what it may use. */
export function freeMemory(): number {
  // Node 20 has it since 20.13.
  return process.availableMemory?.() ?? freemem();
}

/** A running worker. */
export interface Thread {
  /** Terminates it, whatever it is doing; resolves once it has ended. */
  end(): Promise<unknown>;
}

/**
 * Starts a worker of the core and resolves once it is ready. From then on it does not keep the process alive.
 *
 * @param onEnd called with the reason if the worker fails or ends unexpectedly
 * @throws Error if it does not become ready
 */
export function startThread(
  setup: unknown,
  onEnd: (reason: Error) => void,
  script: string | URL = resolve('#core-worker'),
): Promise<Thread> {
  return new Promise((fulfil, reject) => {
    const worker = createWorker(script, setup);
    const end = (reason: Error) => {
      reject(reason);
      onEnd(reason);
    };
    worker.on('error', (cause) => end(new Error(`a worker thread failed: ${cause.message}`, { cause })));
    worker.on('exit', (code) => end(new Error(`a worker thread ended with code ${code}`)));
    worker.once('message', () => {
      worker.unref();
      fulfil({ end: () => worker.terminate() });
    });
  });
}

function createWorker(script: string | URL, setup: unknown): Worker {
  try {
    // The main thread's options need not suit the script: --input-type would stop it.
    return new Worker(script, { workerData: setup, execArgv: [] });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`a worker thread could not be started: ${reason}`, { cause });
  }
}

/** In a thread started by `startThread`, runs its work, passing it the setup and a way to signal that it is ready. */
export function enterThread<Setup>(work: (setup: Setup, ready: () => void) => void | Promise<void>): void {
  const port = parentPort;
  if (!port) throw new Error('this is a worker of the core: start it as one');
  Promise.resolve(work(workerData, () => port.postMessage('ready'))).catch((error) => {
    // An error ends the thread, and is told, however Node treats promises that are rejected.
    setImmediateCallback(() => {
      throw error;
    });
  });
}

/**
 * Decodes a PNG or JPEG, applying its orientation. Pixels come row by row as red, green, blue and alpha; a picture
 * with a side of more than 1024 is scaled down.
 *
 * @param bytes a whole file of a reasonable number of pixels, each of which takes four bytes during decoding
 * @throws Error if it can't be decoded
 */
export async function decodePicture(
  bytes: Uint8Array,
): Promise<{ width: number; height: number; pixels: Uint8ClampedArray }> {
  // Loaded on demand, because it is slow to load and rarely needed.
  const { createCanvas, Image }: typeof import('canvas') = load('canvas');
  const image = new Image();
  image.src = bytes;
  await image.decode();
  if (!(image.width > 0 && image.height > 0)) throw new Error('it has no pixels');
  const [width, height] = fitPicture(image);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  // Frees their memory now, instead of at the next garbage collection.
  canvas.width = 0;
  image.src = new Uint8Array();
  return { width, height, pixels };
}

/** What times depend on besides the program. */
export interface Machine {
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  readonly os: string;
  readonly architecture: string;
  /** Bytes of main memory. */
  readonly memory: number;
  readonly node: string;
  readonly v8: string;
}

/** The machine and engine that this runs on. */
export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() || 'unknown',
    cores: Math.max(1, cpus().length),
    os: `${platform()} ${release()}`,
    architecture: arch(),
    memory: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/**
 * Creates a folder and its missing parents, whose names it makes durable. Node's own recursive `mkdir` never returns where a file system answers ENOENT,
 * as /proc does.
 */
export function createFolder(path: string): void {
  if (existsSync(path)) return;
  createFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!existsSync(path)) throw error;
  }
  flushFolder(dirname(path));
}

/**
 * Makes the names in a folder durable, as far as the system can. Where it can't, nothing is said: what has these names
 * is in place already.
 */
export function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {}
}
