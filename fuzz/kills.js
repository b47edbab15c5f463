/**
 * Repeatedly kills `digits train` with SIGKILL while it replaces a bundle, and checks what is left: every file must
 * be complete, old or new, and the next run that finishes must leave no traces.
 *
 *     node fuzz/kills.js [kills]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const runJs = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const kills = Number(process.argv[2] ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'digits-kills-'));

/** Two runs with different files; only the timing differs between repetitions of the same run. */
const runs = ['5', '25'].map((epochs) => [
  'train',
  '--epochs',
  epochs,
  '--save-model',
  '--roc-per-class',
  '--learning-rate-trace',
  '--timing-stats',
  '--export',
  'onnx',
  '--export',
  'npz',
]);
const varying = new Set(['timing_stats.json', 'timing_stats.png']);

/**
 * @param {string[]} words
 * @param {string} directory
 */
const start = (words, directory) =>
  spawn(process.execPath, [runJs, ...words, '--output-dir', directory], { stdio: 'ignore' });

/** @param {string} directory */
const contents = (directory) =>
  new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));

/**
 * @param {string} name
 * @param {Buffer} bytes
 */
function isWhole(name, bytes) {
  if (name.endsWith('.png')) return bytes.subarray(-8, -4).toString('latin1') === 'IEND';
  try {
    return JSON.parse(bytes.toString('utf8')) !== undefined;
  } catch {
    return false;
  }
}

const whole = [];
const begun = performance.now();
for (const [index, words] of runs.entries()) {
  const directory = join(folder, `run-${index}`);
  const [code] = await once(start(words, directory), 'exit');
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  whole.push(contents(directory));
}
const duration = (performance.now() - begun) / runs.length;

const directory = join(folder, 'bundle');
const seen = { killed: 0, finished: 0, temporary: 0, mixed: 0 };
const faults = [];
for (let kill = 0; kill < kills; kill++) {
  const child = start(runs[kill % 2], directory);
  const exit = once(child, 'exit');
  if (kill % 2 === 0 || !readdirSync(folder).includes('bundle')) {
    await Promise.race([exit, delay(1.1 * duration * Math.random())]);
  } else {
    // The critical moments begin when the first temporary file appears.
    const watcher = watch(directory);
    await Promise.race([exit, once(watcher, 'change')]);
    watcher.close();
    await Promise.race([exit, delay(12 * Math.random())]);
  }
  child.kill('SIGKILL');
  const [, signal] = await exit;
  seen[signal === 'SIGKILL' ? 'killed' : 'finished']++;

  const sides = new Set();
  const found = readdirSync(folder).includes('bundle') ? contents(directory) : new Map();
  for (const [name, bytes] of found) {
    if (name.endsWith('.tmp')) {
      seen.temporary++;
      continue;
    }
    const side = whole.findIndex((files) => files.get(name)?.equals(bytes));
    if (side >= 0) sides.add(side);
    else if (!varying.has(name) || !isWhole(name, bytes))
      faults.push(`kill ${kill}: ${name} is neither old nor new`);
  }
  if (sides.size === 2) seen.mixed++;
}
const [code] = await once(start(runs[0], directory), 'exit');
if (code !== 0) faults.push(`the last run ended with ${code}`);
const left = readdirSync(directory).filter((name) => !whole[0].has(name));
if (left.length > 0) faults.push(`left behind: ${left.join(', ')}`);
rmSync(folder, { recursive: true });

console.log(
  `${kills} runs: ${seen.killed} killed, ${seen.finished} finished before; ${seen.temporary} temporary files were ` +
    `seen, ${seen.mixed} bundles between old and new; ${faults.length} faults`,
);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
