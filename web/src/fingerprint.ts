import type { SavedModel } from 'digit-classifier';

/**
 * SHA-256, in hexadecimal digits, of a model's numbers: its weights row by row, then its bias, as little-endian float32.
 * The same training gives the same fingerprint on any engine. Undefined if the page came from another machine without
 * encryption: browsers then offer no hashing.
 */
export async function fingerprintOf({ weights, bias }: SavedModel): Promise<string | undefined> {
  if (!isSecureContext) return undefined;
  return hashOf([...weights.flat(), ...bias]);
}

/** SHA-256, in hexadecimal digits, of numbers as little-endian float32, in a page where the browser offers hashing. */
export async function hashOf(numbers: readonly number[]): Promise<string> {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [index, value] of numbers.entries()) bytes.setFloat32(4 * index, value, true);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
