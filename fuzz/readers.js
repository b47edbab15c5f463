/**
 * Feeds damaged tables and pictures to every reader: each input must be read, or refused with a TableError, within
 * limits of time and memory.
 *
 *     node fuzz/readers.js [inputs] [format]           that many inputs of each format, by default 100,000
 *     node fuzz/readers.js --only FORMAT INDEX         the result for one of them; also writes it to a file
 *
 * Inputs are determined by the format and their index. They are read in a process of its own, so that crashes and
 * endless loops can be detected from outside and attributed to an input.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { damage, randomFrom } from './damage.js';
import { buildReaders, loadReaders } from './load.js';
import { loadSamples } from './samples.js';

const BATCH = 5000;
const PATIENCE_MS = 20_000;
/** Most bytes by which the memory of a process may grow, both at its peak and in the end. */
const MEMORY_BYTES = 700 * 2 ** 20;
/** Longest time for an input, and what is added for each MiB: a line of two million cells takes time that follows its length. */
const SLOW_MS = 1500;
const SLOW_MS_PER_MIB = 300;
/** Most faults of a table that are told at once, and the one that ended the reading. */
const MOST_FAULTS = 11;
/** Samples that are no tables. */
const notTables = ['page', 'picture'];

/** How readers may be asked to read, which give portions. */
const columnChoices = [
  {},
  { label: null },
  { features: [] },
  { label: '1' },
  { label: null, features: ['a', 'b'] },
  { roles: { weight: '1' } },
  { roles: { group: '2', time: '1' }, label: null },
  { keep: 'all' },
  { roles: { group: '1' }, keep: ['2'] },
];

/** How a table may be read, as `digits train` reads it. */
const tableOptions = [
  {},
  { label: '1' },
  { label: 'class', drop: ['1'] },
  { category: ['1'] },
  { missing: ['x', 'other'], onMissing: 'drop' },
  { onMissing: 'refuse' },
  { strict: true },
  { header: true },
  { header: false },
  { decimal: ',' },
  { thousands: ',' },
  { thousands: '.', decimal: ',' },
  { encoding: 'windows-1252' },
  { delimiter: ';' },
  { weight: '1' },
  { group: '1' },
  { time: '1', onMissing: 'drop' },
  { weight: '1', group: '2', onMissing: 'drop', places: true },
];

const samples = loadSamples();
const [first = '100000', ...words] = process.argv.slice(2);
if (first === '--run') await runBatch(words);
else if (first === '--only') await runOnly(words);
else await runAll(Number(first), words[0] ? [words[0]] : Object.keys(samples));

/** @typedef {Awaited<ReturnType<typeof loadReaders>>} Readers */

/**
 * The input with the given index: a damaged sample, the size of its chunks, and how to read it: as portions of its reader,
 * or as a table whose format its name or its content tells.
 *
 * @param {string} format
 * @param {number} index
 */
function inputOf(format, index) {
  const random = randomFrom(`${format} ${index}`);
  const bytes = damage(samples[format], random);
  const columns = columnChoices[random(3) === 0 ? random(columnChoices.length) : 0];
  const header = random(8) > 0;
  // Millions of small chunks would take seconds by themselves.
  const size = random(3) === 0 && bytes.length < 2 ** 16 ? 1 + random(16) : bytes.length;
  if (format === 'scanned') {
    const options = tableOptions[random(tableOptions.length)];
    const ways = options.encoding === undefined ? options : {};
    return { bytes, size, way: 'twice', name: random(8) > 0 ? 'csv' : 'tsv', options: ways };
  }
  if (format === 'sparse') {
    return { bytes, size, way: 'twice', name: 'libsvm', options: random(4) > 0 ? {} : { onMissing: 'drop' } };
  }
  if (notTables.includes(format)) return { bytes, size, way: 'other', name: format, options: {} };
  if (format !== 'any' && random(2) === 0) {
    return { bytes, size, way: 'portions', name: format, options: { columns, header } };
  }
  const name = format === 'any' || random(2) === 0 ? 'input' : `input.${format}`;
  const options = tableOptions[random(2) === 0 ? random(tableOptions.length) : 0];
  return { bytes, size, way: 'dataset', name, options };
}

/**
 * Reads an input, and reports the outcome.
 *
 * @param {Readers} readers
 * @param {string} format
 * @param {number} index
 */
async function read({ readOther, readPortions, readDataset, readTwice, TableError }, format, index) {
  const { bytes, size, way, name, options } = inputOf(format, index);
  try {
    const reading =
      way === 'dataset'
        ? readDataset(name, bytes, size, options)
        : way === 'portions'
          ? readPortions(name, bytes, size, options)
          : way === 'twice'
            ? readTwice(name, bytes, size, options)
            : readOther(name, bytes, size);
    return { outcome: 'read', size: bytes.length, rows: await reading };
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    // Each fault of a table has a line.
    if (/\r/.test(error.message)) throw new Error(`a message with a carriage return: ${error.message}`);
    const lines = error.message.split('\n').length;
    if (lines > (way === 'dataset' ? MOST_FAULTS : 1))
      throw new Error(`a message of ${lines} lines: ${error.message}`);
    return { outcome: 'refused', size: bytes.length, message: error.message };
  }
}

/** @param {string[]} words */
async function runBatch([format, from, to, stateFile]) {
  const readers = await loadReaders();
  const state = openSync(stateFile, 'r+');
  const counts = { read: 0, refused: 0 };
  const rss = process.memoryUsage.rss();
  let slowest = 0;
  for (let index = Number(from); index < Number(to); index++) {
    writeSync(state, String(index).padEnd(12), 0);
    const start = performance.now();
    const { outcome, size } = await read(readers, format, index);
    counts[/** @type {'read' | 'refused'} */ (outcome)]++;
    const elapsed = performance.now() - start;
    slowest = Math.max(slowest, elapsed);
    const times = format === 'scanned' || format === 'sparse' ? 2 : 1;
    if (elapsed > times * (SLOW_MS + SLOW_MS_PER_MIB * (size / 2 ** 20)))
      throw new Error(`took ${elapsed.toFixed(0)} ms`);
    if (process.memoryUsage.rss() - rss > MEMORY_BYTES) throw new Error('took too much memory');
  }
  closeSync(state);
  const grown = Math.max(0, process.resourceUsage().maxRSS * 1024 - rss);
  process.stdout.write(JSON.stringify({ ...counts, slowest, grown }));
}

/** @param {string[]} words */
async function runOnly([format, index]) {
  await buildReaders();
  const { bytes, size, way, name, options } = inputOf(format, Number(index));
  const file = `fuzz-${format}-${index}`;
  writeFileSync(file, bytes);
  console.log(
    `${file}: ${bytes.length} bytes in pieces of ${size}, ${way} of ${name}, ${JSON.stringify(options)}`,
  );
  console.log(await read(await loadReaders(), format, Number(index)));
}

/**
 * @param {number} inputs
 * @param {string[]} formats
 */
async function runAll(inputs, formats) {
  await buildReaders();
  const folder = mkdtempSync(join(tmpdir(), 'digits-fuzz-'));
  let faults = 0;
  for (const format of formats) {
    const total = { read: 0, refused: 0, slowest: 0, grown: 0 };
    for (let from = 0; from < inputs; ) {
      const to = Math.min(inputs, from + BATCH);
      const { found, index, fault } = await watchBatch(format, from, to, join(folder, 'state'));
      if (found) {
        total.read += found.read;
        total.refused += found.refused;
        total.slowest = Math.max(total.slowest, found.slowest);
        total.grown = Math.max(total.grown, found.grown);
        from = to;
      } else {
        faults++;
        console.log(`${format} ${index}: ${fault}`);
        from = index + 1;
      }
    }
    console.log(
      `${format}: ${total.read} read, ${total.refused} refused; slowest ${total.slowest.toFixed(0)} ms, ` +
        `memory up to ${(total.grown / 2 ** 20).toFixed(0)} MiB more`,
    );
  }
  rmSync(folder, { recursive: true });
  console.log(`${faults} faults`);
  process.exitCode = faults > 0 ? 1 : 0;
}

/**
 * @param {string} format
 * @param {number} from
 * @param {number} to
 * @param {string} stateFile
 */
async function watchBatch(format, from, to, stateFile) {
  writeFileSync(stateFile, String(from));
  const script = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [script, '--run', format, `${from}`, `${to}`, stateFile]);
  const [output, complaint] = [child.stdout, child.stderr].map((stream) => {
    const chunks = /** @type {Buffer[]} */ ([]);
    stream.on('data', (chunk) => chunks.push(chunk));
    return chunks;
  });
  let last = '';
  let hangs = false;
  const watch = setInterval(() => {
    const now = readFileSync(stateFile, 'utf8');
    hangs = now === last;
    last = now;
    if (hangs) child.kill('SIGKILL');
  }, PATIENCE_MS);
  const [code, signal] = await once(child, 'close');
  clearInterval(watch);
  if (code === 0) return { found: JSON.parse(Buffer.concat(output).toString()), index: to, fault: '' };
  const reason = Buffer.concat(complaint).toString().split('\n').slice(0, 12).join('\n');
  const fault = hangs ? `nothing for ${PATIENCE_MS / 1000} s` : signal ? `ended by ${signal}` : reason;
  return { index: Number(readFileSync(stateFile, 'utf8')), fault };
}
