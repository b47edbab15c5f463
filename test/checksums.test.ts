import fc from 'fast-check';
import t from 'tap';
import { crc32 } from '../src/checksums.js';

/** Bit by bit, as ISO 3309 defines it. */
function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

t.test('CRC-32', async (t) => {
  t.equal(crc32(Buffer.from('123456789')), 0xcbf43926, "the standard's check value");
  t.equal(crc32(new Uint8Array()), 0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, cut) => {
      const whole = crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)));
      return whole === bitByBit(bytes) && whole === crc32(bytes);
    }),
  );
});
