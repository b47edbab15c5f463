/** Threads that read the parts of a file and scan them. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadScanModule } from '../core/module.js';
import { type CellArrays, cellsIn } from '../data/readers/scanner.js';
import {
  type FoundCells,
  type PartReader,
  type RandomAccess,
  type ScanJob,
  type ScannedCells,
  type ScannedTexts,
  TableError,
} from '../data/table.js';

const { resolve } = createRequire(import.meta.url);

/** More threads find cells faster than this one takes them. */
const MOST_THREADS = 4;
/** Parts that a thread holds: one is scanned, one is next, and one is taken. */
const SLOTS = 3;
/** Bytes of what is found in a part; only those that are written take memory. A part with more is left to who takes it. */
const SLOT_BYTES = 2 ** 23;

/** What a thread is started with. */
export interface ScanSetup extends ScanJob {
  readonly module: WebAssembly.Module;
  /** Number of the open file. */
  readonly fd: number;
  readonly size: number;
  readonly slots: readonly SharedArrayBuffer[];
}

/** Asks a thread for the lines that begin in a part. */
export interface ScanTask {
  readonly from: number;
  readonly slot: number;
}

/** What a thread found; the arrays are in its slot. */
export interface ScanReply {
  readonly start: number;
  readonly end: number;
  /** The text of the lines; missing if there is no room for it. */
  readonly bytes?: Uint8Array;
  readonly found?: ScannedPart;
}

/** The plain rows that lines begin with. */
export interface ScannedPart {
  /** Number of bytes that they take. */
  readonly length: number;
  readonly arrays: CellArrays;
  /** The texts of columns, by their place in a row. */
  readonly texts: ReadonlyMap<number, ScannedTexts>;
}

/** A thread's answer to a task. */
export type ScanAnswer = { readonly reply: ScanReply } | { readonly fault: string };

/** A file that threads can read as well. */
export interface SharedFile extends Pick<RandomAccess, 'size' | 'read'> {
  /** Its path, for messages. */
  readonly path: string;
  /** Its number, which is the same in all threads. */
  readonly fd: number;
  /** Called with the number of bytes that threads have read. */
  readonly count: (bytes: number) => void;
}

/**
 * Starts threads that read and scan parts of a file, in turn.
 *
 * @param count number of threads; by default as many as can run beside this one, up to four
 * @returns undefined if that is none, or threads can't be started
 */
export async function startScanThreads(
  file: SharedFile,
  job: ScanJob,
  count = Math.min(MOST_THREADS, availableParallelism() - 1),
): Promise<PartReader | undefined> {
  if (count < 1) return undefined;
  const module = await loadScanModule();
  const threads: ScanThread[] = [];
  const close = () => Promise.all(threads.map((thread) => thread.end()));
  try {
    while (threads.length < count) threads.push(startThread(file, job, module));
  } catch {
    // The system has no more threads: this one can do it alone.
    await close();
    return undefined;
  }
  let turn = 0;
  return {
    parts: count * SLOTS,
    async read(from) {
      const thread = threads[turn % count];
      const slot = Math.floor(turn++ / count) % SLOTS;
      const { start, end, bytes, found } = await thread.scan({ from, slot });
      file.count(bytes ? end - start : 0);
      return {
        start,
        bytes: bytes ?? (await file.read(start, end)),
        find: () => found && cellsOf(found, job),
      };
    },
    close,
  };
}

function cellsOf({ length, arrays, texts }: ScannedPart, { plain }: ScanJob): FoundCells {
  const cells = cellsIn(arrays, plain, (place) => texts.get(place) ?? textsOf(cells, place));
  return { rows: arrays.rows, length, cells: () => cells };
}

/** The different texts of a column that has only numbers in these rows, but is read as text. */
function textsOf({ rows, textOf }: ScannedCells, place: number): ScannedTexts {
  const codes = new Int32Array(rows);
  const firsts: number[] = [];
  const counts: number[] = [];
  const known = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const text = textOf(row, place);
    const code = known.get(text) ?? firsts.length;
    if (code === firsts.length) {
      known.set(text, code);
      firsts.push(row);
      counts.push(0);
    }
    codes[row] = code;
    counts[code]++;
  }
  return { codes, firsts: Int32Array.from(firsts), counts: Int32Array.from(counts) };
}

interface ScanThread {
  /** @throws TableError if the file can't be read */
  scan(task: ScanTask): Promise<ScanReply>;
  end(): Promise<unknown>;
}

interface Caller {
  fulfil(reply: ScanReply): void;
  reject(error: Error): void;
}

/** Starts a thread, which answers tasks in their order. */
function startThread({ path, fd, size }: SharedFile, job: ScanJob, module: WebAssembly.Module): ScanThread {
  const slots = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(SLOT_BYTES));
  const workerData: ScanSetup = { ...job, module, fd, size, slots };
  // The main thread's options need not suit this script: --input-type would stop it.
  const worker = new Worker(resolve('#scan-worker'), { workerData, execArgv: [] });
  const waiting: Caller[] = [];
  let ended: Error | undefined;
  const end = (reason: Error) => {
    ended ??= reason;
    for (const caller of waiting.splice(0)) caller.reject(ended);
  };
  worker.on('message', (answer: ScanAnswer) => {
    const caller = waiting.shift();
    if ('fault' in answer) caller?.reject(new TableError(path, `cannot be read: ${answer.fault}`));
    else caller?.fulfil(answer.reply);
  });
  worker.on('error', ({ message }) => end(new Error(`a thread that reads ${path} failed: ${message}`)));
  worker.on('exit', () => end(new Error(`a thread that reads ${path} has ended`)));
  return {
    scan(task) {
      return new Promise((fulfil, reject) => {
        if (ended) reject(ended);
        waiting.push({ fulfil, reject });
        worker.postMessage(task);
      });
    },
    end: () => worker.terminate(),
  };
}
