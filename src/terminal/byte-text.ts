/** Builds text as bytes: to make a string of each number, and to join millions of them, takes four times as long. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { instantiateSync } from '@assemblyscript/loader';
import type * as Exports from '../generated/shortest.js';

const { resolve } = createRequire(import.meta.url);
const encoder = new TextEncoder();
const PAGE_BYTES = 65536;

/** Numbers from the first on and below 1 are written by WebAssembly; see `assembly/shortest.ts`. */
const LEAST = 2 ** -1022;
const LEAST_POWER = 16;
const POWERS = 309;
/** Most bytes of a number, and those that may be written behind it. */
const NUMBER_BYTES = 32;
/** Longer texts are copied by the engine: it takes 30 ns to start. */
const SHORT = 32;

/** A text in UTF-8 that grows at its end. */
export interface ByteText {
  /** Its length in bytes. */
  readonly length: number;
  /** Adds bytes. */
  bytes(added: Uint8Array): void;
  /** Adds any text. */
  text(added: string): void;
  /** Adds a text if all its characters are plain: below 128, and not zero in `plain`. Returns whether it did. */
  plain(added: string, plain: Uint8Array): boolean;
  /** Adds a number as `String` writes it. */
  number(added: number): void;
  /** The text so far, which then starts anew. */
  take(): Uint8Array;
}

export function createByteText(): ByteText {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const module = new WebAssembly.Module(readFileSync(resolve('#assets/shortest.wasm')));
  const { exports } = instantiateSync<typeof Exports>(module, { env: { memory } });
  new BigUint64Array(memory.buffer).set(powersOfTen());
  const start = 16 * POWERS;
  let all = new Uint8Array(memory.buffer);
  let at = start;

  /** Makes room for more bytes. */
  function reserve(count: number): void {
    const missing = at + count - all.length;
    if (missing <= 0) return;
    memory.grow(Math.ceil(Math.max(missing, all.length) / PAGE_BYTES));
    all = new Uint8Array(memory.buffer);
  }

  return {
    get length() {
      return at - start;
    },

    bytes(added) {
      const count = added.length;
      reserve(count);
      if (count > SHORT) all.set(added, at);
      else for (let i = 0; i < count; i++) all[at + i] = added[i];
      at += count;
    },

    text(added) {
      reserve(3 * added.length);
      at += encoder.encodeInto(added, all.subarray(at)).written;
    },

    plain(added, plain) {
      const count = added.length;
      reserve(count);
      for (let i = 0; i < count; i++) {
        const code = added.charCodeAt(i);
        if (!(code < 128 && plain[code] === 1)) return false;
        all[at + i] = code;
      }
      at += count;
      return true;
    },

    number(added) {
      reserve(NUMBER_BYTES);
      if (added >= LEAST && added < 1) at = exports.write(added, 0, at);
      else at += encoder.encodeInto(String(added), all.subarray(at)).written;
    },

    take() {
      const taken = all.slice(start, at);
      at = start;
      return taken;
    },
  };
}

/** The upper 126 bits of each power of ten, plus 1, in halves. */
function powersOfTen(): BigUint64Array {
  const halves = new BigUint64Array(2 * POWERS);
  let power = 10n ** BigInt(LEAST_POWER);
  for (let i = 0; i < POWERS; i++, power *= 10n) {
    const bits = Math.floor((LEAST_POWER + i) * Math.log2(10)) + 1;
    const upper = (bits > 126 ? power >> BigInt(bits - 126) : power << BigInt(126 - bits)) + 1n;
    halves[2 * i] = upper >> 63n;
    halves[2 * i + 1] = BigInt.asUintN(63, upper);
  }
  return halves;
}
