/** The script of a thread that reads and scans parts of a file. */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '#platform';
import { LineBuffer, splitLines } from '../data/readers/parts.js';
import { createScanner } from '../data/readers/scanner.js';
import { areBytes } from '../storage.js';
import type { ScanAnswer, ScannedPart, ScanReply, ScanSetup, ScanTask } from './scan-threads.js';

if (!parentPort) throw new Error('this thread scans a file: start it as a worker');
const port = parentPort;
const { module, fd, size, first, partBytes, plain, columns, textColumns, slots }: ScanSetup = workerData;
const scanner = createScanner(module, plain);
const lines = new LineBuffer({ size, readInto }, first, partBytes);

async function readInto(target: Uint8Array, start: number): Promise<void> {
  for (let at = 0; at < target.length; ) {
    const read = readSync(fd, target, at, target.length - at, start + at);
    if (read === 0) throw new Error('the file shrank while it was read');
    at += read;
  }
}

async function scan({ from, slot }: ScanTask): Promise<ScanReply> {
  const { start, bytes } = await lines.read(from);
  const room = new Room(slots[slot]);
  const end = start + bytes.length;
  try {
    const kept = room.keep(bytes);
    return { start, end, bytes: kept, ...foundIn(kept, room) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { start, end };
  }
}

function foundIn(bytes: Uint8Array, room: Room): { found?: ScannedPart } {
  const rows = splitLines(scanner, bytes);
  if (!rows) return {};
  const arrays = scanner.arrays(columns);
  const { odd } = arrays;
  const rounded = room.keep(arrays.rounded);
  const kept = {
    ...arrays,
    bytes,
    ends: room.keep(arrays.ends),
    rounded,
    numbers: areBytes(rounded) ? rounded : room.keep(arrays.numbers),
  };
  const withTexts = [...columns.filter((_, index) => odd[index] > 0), ...textColumns];
  const texts = new Map(
    withTexts.map((place) => {
      const { codes, firsts, counts } = scanner.textsOf(place);
      return [place, { codes: room.keep(codes), firsts, counts }];
    }),
  );
  return { found: { length: rows.end, arrays: kept, texts } };
}

/** Memory that another thread reads. */
class Room {
  readonly #buffer: SharedArrayBuffer;
  #used = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
  }

  /**
   * Copies numbers.
   *
   * @throws RangeError if there is no room for them
   */
  keep<Numbers extends Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array>(
    numbers: Numbers,
  ): Numbers {
    const View = numbers.constructor as new (
      buffer: SharedArrayBuffer,
      at: number,
      length: number,
    ) => Numbers;
    const kept = new View(this.#buffer, this.#used, numbers.length);
    kept.set(numbers);
    this.#used += Math.ceil(numbers.byteLength / 8) * 8;
    return kept;
  }
}

async function answer(task: ScanTask): Promise<ScanAnswer> {
  try {
    return { reply: await scan(task) };
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}

let last: Promise<unknown> = Promise.resolve();

port.on('message', (task: ScanTask) => {
  last = last.then(() => answer(task)).then((reply) => port.postMessage(reply));
});
