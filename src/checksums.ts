/** Bytes that are taken at a time (slicing by eight: Kounavis and Berry, 2005): a third of the time of byte by byte (measured). */
const SLICE = 8;

/** The remainder of each byte with no to seven zero bytes after it, one table after another. */
const remainders = new Int32Array(256 * SLICE);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 && 0xedb88320);
  remainders[byte] = remainder;
}
for (let at = 256; at < remainders.length; at++) {
  const before = remainders[at - 256];
  remainders[at] = (before >>> 8) ^ remainders[before & 0xff];
}

/**
 * CRC-32, as in PNG, ZIP and gzip.
 *
 * @param before checksum of the bytes that these continue
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - SLICE; at <= end; at += SLICE) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc =
      remainders[0x700 + (crc & 0xff)] ^
      remainders[0x600 + ((crc >>> 8) & 0xff)] ^
      remainders[0x500 + ((crc >>> 16) & 0xff)] ^
      remainders[0x400 + (crc >>> 24)] ^
      remainders[0x300 + bytes[at + 4]] ^
      remainders[0x200 + bytes[at + 5]] ^
      remainders[0x100 + bytes[at + 6]] ^
      remainders[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ remainders[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
