/** Signatures of the formats that can be recognised by their first bytes. */

/** IDX: two zeros, an element type, a number of axes. */
export function isIdx([first, second, type, axes]: Uint8Array): boolean {
  return first === 0 && second === 0 && type >= 0x08 && type <= 0x0e && axes > 0;
}

export function isNpy(head: Uint8Array): boolean {
  return startsWith(head, '\x93NUMPY');
}

/** A zip archive with at least one entry. */
export function isZip(head: Uint8Array): boolean {
  return startsWith(head, 'PK\x03\x04');
}

/** Parquet, encrypted or not; the reader rejects encrypted files with a message that says so. */
export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, 'PAR1') || startsWith(head, 'PARE');
}

/** @param characters one byte each */
function startsWith(head: Uint8Array, characters: string): boolean {
  return Array.from(characters).every((character, index) => character.charCodeAt(0) === head[index]);
}
