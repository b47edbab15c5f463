/**
 * Reads decimal numbers with the scanner of delimited text, and compares them with JavaScript's.
 *
 *     node fuzz/numbers.js [count] [files]     that many random ones, by default a million, and those of published sets
 *
 * The files are those of github.com/nigeltao/parse-number-fxx-test-data: each line ends with the bits of the float64 and
 * the number.
 */
import { readFileSync } from 'node:fs';
import { randomFrom } from './damage.js';
import { buildReaders, loadScanners } from './load.js';

const BATCH = 10_000;
const [count = '1000000', ...files] = process.argv.slice(2);
const bits = new DataView(new ArrayBuffer(8));
let faults = 0;

await buildReaders();
const loadScanner = await loadScanners();
const scanner = await loadScanner({ delimiter: 9, width: 2, point: 46 });

/** @param {{ text: string, value: number }[]} numbers @returns {number} how many the scanner has read itself */
function check(numbers) {
  scanner.append(new TextEncoder().encode(numbers.map(({ text }) => `${text}\t\n`).join('')));
  const { rows, end } = scanner.split(0);
  if (rows !== numbers.length) throw new Error(`found ${rows} rows, expected ${numbers.length}`);
  const found = scanner.cells(Int32Array.of(0)).numbers.slice();
  scanner.drop(end);
  for (const [row, { text, value }] of numbers.entries()) {
    if (Number.isNaN(found[row]) || Object.is(found[row], value)) continue;
    faults++;
    console.log(`${text}: found ${found[row]}, expected ${value}`);
  }
  return found.filter((value) => !Number.isNaN(value)).length;
}

/** @param {import('./damage.js').Random} random */
function randomNumber(random) {
  bits.setUint32(0, random(2 ** 32));
  bits.setUint32(4, random(2 ** 32));
  const value = bits.getFloat64(0);
  const unit = random(2 ** 32) / 2 ** 32 + random(2 ** 21) / 2 ** 53;
  const ways = [
    () => String(value),
    () => String(unit),
    () => value.toPrecision(1 + random(25)),
    () => (unit * 10 ** random(9)).toFixed(random(22)),
    () => `${random(2 ** 32)}${random(2 ** 32)}e${random(160) - 110}`,
    () => `${random(10)}.${random(2 ** 32)}${random(2 ** 27)}`,
  ];
  const text = Number.isFinite(value) ? ways[random(ways.length)]() : '0';
  return { text, value: Number(text) };
}

for (const file of files) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const numbers = lines.map((line) => {
    const [, , hex, text] = line.split(' ');
    bits.setBigUint64(0, BigInt(`0x${hex}`));
    return { text, value: bits.getFloat64(0) };
  });
  console.log(`${file}: ${numbers.length} numbers, ${check(numbers)} of them read by the scanner`);
}
const random = randomFrom('numbers');
let own = 0;
for (let from = 0; from < Number(count); from += BATCH) {
  const size = Math.min(BATCH, Number(count) - from);
  own += check(Array.from({ length: size }, () => randomNumber(random)));
}
console.log(`${count} random numbers, ${own} of them read by the scanner; ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
