const remainders = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 && 0xedb88320);
  remainders[byte] = remainder;
}

/**
 * CRC-32, as in PNG, ZIP and gzip.
 *
 * @param before checksum of the bytes that these continue
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ remainders[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
