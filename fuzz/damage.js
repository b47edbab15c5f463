/** @typedef {(below: number) => number} Random a whole number from 0 to `below` − 1 */

/**
 * A pseudo-random sequence determined by a text: xorshift128, seeded by FNV-1a.
 *
 * @param {string} seed
 * @returns {Random}
 */
export function randomFrom(seed) {
  const state = [1, 2, 3, 4].map((salt) => {
    let hash = 0x811c9dc5 ^ salt;
    for (const character of seed) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    return hash >>> 0 || salt;
  });
  const next = () => {
    let [x, y, z, w] = state;
    x ^= x << 11;
    x ^= x >>> 8;
    [state[0], state[1], state[2]] = [y, z, w];
    w = (w ^ (w >>> 19) ^ x) >>> 0;
    state[3] = w;
    return w;
  };
  for (let i = 0; i < 16; i++) next();
  return (below) => next() % below;
}

/** Bytes that parsers look for, and boundary values. */
const telling = [
  ...Buffer.from('\0\n\r\t ",;:.+-#\'()[]{}0129eExNIa'),
  0x01,
  0x02,
  0x7f,
  0x80,
  0xc3,
  0xd8,
  0xd9,
  0xda,
  0xe1,
  0xef,
  0xfe,
  0xff,
];
const tellingNumbers = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
const tellingWords = [
  'nan',
  'inf',
  '-inf',
  '1e39',
  '1e400',
  '0x10',
  '""',
  '"',
  "'<U4'",
  'True',
  '(1,)',
  '9'.repeat(25),
  '1048577:1',
  '2147483648:1',
  // JPEG markers that stand alone, or are reserved.
  '\xff\x01',
  '\xff\xd7',
  '\xff\xf0',
];

/** What a line may have millions of. */
const tellingCells = [',', '""', '"",', '\t', ';', '\n', '\r\n', ' ', '1:1 '];

/** @type {((bytes: Buffer, random: Random, other: Buffer) => Buffer)[]} */
const damages = [
  (bytes, random) => {
    bytes[random(bytes.length)] ^= 1 << random(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[random(bytes.length)] = telling[random(telling.length)];
    return bytes;
  },
  (bytes, random) => {
    bytes[random(Math.min(bytes.length, 128))] = random(256);
    return bytes;
  },
  (bytes, random) => {
    const number = tellingNumbers[random(tellingNumbers.length)];
    if (bytes.length < 4) return bytes;
    const offset = random(bytes.length - 3);
    if (random(2) === 0) bytes.writeUInt32LE(number, offset);
    else bytes.writeUInt32BE(number, offset);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => splice(bytes, random, 1 + random(16), Buffer.alloc(0)),
  (bytes, random) =>
    splice(bytes, random, 0, Buffer.from(tellingWords[random(tellingWords.length)], 'latin1')),
  (bytes, random) => splice(bytes, random, random(8), Buffer.from([0, 0, 0].map(() => random(256)))),
  (bytes, random) => {
    const start = random(bytes.length);
    return splice(bytes, random, 0, bytes.subarray(start, start + 1 + random(64)));
  },
  (bytes, random) => {
    // Rarely long: most inputs shall be quick to read.
    const count = random(50) === 0 ? 2 ** 21 : 2 ** random(10);
    return splice(bytes, random, 0, Buffer.from(tellingCells[random(tellingCells.length)].repeat(count)));
  },
  (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]),
];

/**
 * @param {Buffer} bytes
 * @param {Random} random
 * @param {number} count
 * @param {Buffer} replacement
 */
function splice(bytes, random, count, replacement) {
  const start = random(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, start), replacement, bytes.subarray(start + count)]);
}

/**
 * One of the samples, damaged once or several times.
 *
 * @param {readonly Buffer[]} samples
 * @param {Random} random
 */
export function damage(samples, random) {
  let bytes = Buffer.from(samples[random(samples.length)]);
  for (let times = 1 + random(random(4) + 1); times > 0 && bytes.length > 0; times--) {
    const other = samples[random(samples.length)];
    bytes = Buffer.from(damages[random(damages.length)](bytes, random, other));
  }
  return bytes;
}
