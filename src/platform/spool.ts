/** Files without a name, for what does not fit in memory. */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, read, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Spool, SpoolError } from '../storage.js';
import { formatBytes } from '../text.js';
import { reasonOf } from './reasons.js';

/** Files are closed with the records that stand for them, where nobody has done so before. */
const forgotten = new FinalizationRegistry<number>(closeDescriptor);

/**
 * Creates an empty file.
 *
 * @param folder by default, that of the system for temporary files
 * @throws SpoolError if that can't be done
 */
export function createSpool(folder = tmpdir()): Spool {
  try {
    const path = join(folder, `digits-spool-${randomUUID()}`);
    const descriptor = openSync(path, 'wx+', 0o600);
    const spool = { descriptor, folder };
    forgotten.register(spool, descriptor, spool);
    unlinkSync(path);
    return spool;
  } catch (error) {
    const remedy = 'give --spool-dir a folder in which files can be made';
    throw faultOf(folder, `can't be made: ${reasonOf(error)}; ${remedy}`);
  }
}

/**
 * Writes all bytes.
 *
 * @throws SpoolError if that can't be done, as where the disk is full
 */
export function writeSpool({ descriptor, folder }: Spool, bytes: Uint8Array, position: number): void {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
    }
  } catch (error) {
    const size = formatBytes(position + bytes.length);
    const remedy = 'give --spool-dir a folder with more room, or --memory more';
    throw faultOf(folder, `can't grow to ${size}: ${reasonOf(error)}; ${remedy}`);
  }
}

/**
 * Fills `bytes` from a place in the file.
 *
 * @throws SpoolError if that can't be done
 */
export function readSpool({ descriptor, folder }: Spool, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    let count: number;
    try {
      count = readSync(descriptor, bytes, done, bytes.length - done, position + done);
    } catch (error) {
      throw readFault(folder, reasonOf(error));
    }
    if (count === 0) throw readFault(folder, END);
    done += count;
  }
}

/** `readSpool` while this thread does other work, in which it must not use `bytes`. */
export async function readSpoolAhead(
  { descriptor, folder }: Spool,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const count = await new Promise<number>((fulfil, reject) => {
      read(descriptor, bytes, done, bytes.length - done, position + done, (error, found) =>
        error ? reject(readFault(folder, reasonOf(error))) : fulfil(found),
      );
    });
    if (count === 0) throw readFault(folder, END);
    done += count;
  }
}

/** Gives its space back. Nobody may use the file afterwards. */
export function closeSpool(spool: Spool): void {
  forgotten.unregister(spool);
  closeDescriptor(spool.descriptor);
}

const END = 'it ends too early: something has cut it off';

function readFault(folder: string, reason: string): SpoolError {
  return faultOf(folder, `can't be read: ${reason}; start again`);
}

function faultOf(folder: string, fault: string): SpoolError {
  return new SpoolError(`the spool file in ${folder} ${fault}`);
}

function closeDescriptor(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Its space is free once the process ends.
  }
}
