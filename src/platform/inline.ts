/** The platform of a single-file page: that of a browser, with its assets embedded and without threads. */
import core from '#assets/core.wasm';
import digits from '#assets/digits.bin';
import { decode } from './browser.js';
import type * as node from './node.js';

export { decodePicture, nextTurn, sha256 } from './browser.js';
export * from './no-spool.js';

export const loadWasm: typeof node.loadWasm = async (name) => {
  if (name === 'core') return decode(core);
  throw new Error('digit-classifier/inline only has the deterministic core: expected no other arithmetic');
};

export const loadDigitBytes: typeof node.loadDigitBytes = async () => decode(digits);

export const parallelism: typeof node.parallelism = () => 1;

export const startThread: typeof node.startThread = async () => {
  throw new Error('digit-classifier/inline does not support threads: train on one');
};
