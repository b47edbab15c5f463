import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ChartData } from '../charts/chart.js';
import { charactersToFind, type HasFont, noOtherFont } from '../charts/class-names.js';

const { resolve } = createRequire(import.meta.url);

/** What the drawing thread does: it draws a picture, or finds fonts for characters. */
export type Task =
  | { readonly picture: string; readonly data: ChartData }
  | { readonly characters: readonly string[] };
/** The bytes of the picture, or those of the characters that there are fonts for. */
export type Result = { readonly image: Uint8Array } | { readonly found: readonly string[] };

/** Requests to the drawing thread, and its replies. */
export interface DrawRequest {
  readonly id: number;
  readonly task: Task;
}
export type DrawReply = { readonly id: number } & ({ readonly result: Result } | { readonly error: Error });

/** A thread that draws charts. */
export interface Drawing {
  /**
   * Draws the chart with that file name from the given data, and returns the bytes of the file: a PNG, or an SVG in UTF-8.
   *
   * @throws Error if it can't be drawn, or the thread has ended
   */
  draw(picture: string, data: ChartData): Promise<Uint8Array>;
  /**
   * Finds fonts of this machine for the characters of names that the package's fonts lack. Pictures that are drawn later
   * use them. Most names need none, and then the thread is not asked.
   *
   * @throws Error if the thread has ended
   */
  findFonts(names: readonly string[]): Promise<HasFont>;
  /** Ends the thread, rejecting pending drawings. */
  close(): void;
}

interface Caller {
  fulfil(result: Result): void;
  reject(error: Error): void;
}

const drawWorker = resolve('#draw-worker');
let prepared: Drawing | undefined;

/** Starts the thread for the next `startDrawing` early; a failure is left for that call to report. */
export function prepareDrawing(): void {
  try {
    prepared ??= startThread(drawWorker);
  } catch {}
}

/**
 * Starts a thread that loads Vega while this one does other work, and keeps this one responsive while it draws. It
 * keeps the process alive only while drawings are pending.
 */
export function startDrawing(): Drawing {
  const drawing = prepared ?? startThread(drawWorker);
  prepared = undefined;
  return drawing;
}

/** @param script run by the thread; answers each `DrawRequest` with a `DrawReply` */
export function startThread(script: string | URL): Drawing {
  const worker = new Worker(script, {
    // The charts have their own fonts: to look for those of the system takes time, and could change the picture.
    env: { ...process.env, DISABLE_SYSTEM_FONTS_LOAD: '1' },
    // The main thread's options need not suit this script: --input-type would stop it.
    execArgv: [],
    // Objects are freed at once or kept until their picture is drawn: a large young generation would only waste memory.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  const waiting = new Map<number, Caller>();
  let count = 0;
  let ended: Error | undefined;

  /** The caller that waits for this answer, which then waits no longer. */
  function takeCaller(id: number): Caller | undefined {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return caller;
  }

  function end(reason: Error): void {
    ended ??= reason;
    for (const id of waiting.keys()) takeCaller(id)?.reject(ended);
  }

  worker.on('message', (reply: DrawReply) => {
    if ('error' in reply) takeCaller(reply.id)?.reject(reply.error);
    else takeCaller(reply.id)?.fulfil(reply.result);
  });
  worker.on('error', (cause) => end(new Error(`the drawing thread failed: ${cause.message}`, { cause })));
  worker.on('exit', (code) => end(new Error(`the drawing thread ended with code ${code}`)));
  // After adding the listeners, which would ref the worker again.
  worker.unref();

  const ask = (task: Task) =>
    new Promise<Result>((fulfil, reject) => {
      if (ended) throw ended;
      const id = count++;
      worker.postMessage({ id, task } satisfies DrawRequest);
      waiting.set(id, { fulfil, reject });
      worker.ref();
    });

  return {
    async draw(picture, data) {
      const result = await ask({ picture, data });
      if ('image' in result) return result.image;
      throw new Error('the drawing thread did not draw');
    },
    async findFonts(names) {
      const characters = charactersToFind(names);
      if (characters.length === 0) return noOtherFont;
      const result = await ask({ characters });
      const found = new Set('found' in result ? result.found : []);
      return (character) => found.has(character);
    },
    close: () => {
      ended ??= new Error('the drawing thread was closed');
      void worker.terminate();
    },
  };
}
