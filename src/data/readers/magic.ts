/** By what the formats are told whose files begin with the same bytes. */

/** IDX: two zeros, a type of elements, a number of axes. */
export function isIdx([first, second, type, axes]: Uint8Array): boolean {
  return first === 0 && second === 0 && type >= 0x08 && type <= 0x0e && axes > 0;
}

export function isNpy(head: Uint8Array): boolean {
  return startsWith(head, '\x93NUMPY');
}

/** A zip archive with an entry. */
export function isZip(head: Uint8Array): boolean {
  return startsWith(head, 'PK\x03\x04');
}

/** Parquet, encrypted or not: what is encrypted is refused by its reader, which says so. */
export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, 'PAR1') || startsWith(head, 'PARE');
}

/** @param characters of a byte each */
function startsWith(head: Uint8Array, characters: string): boolean {
  return Array.from(characters).every((character, index) => character.charCodeAt(0) === head[index]);
}
