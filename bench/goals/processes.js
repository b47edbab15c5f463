/** Measures the time and memory of whole processes: `digits train` as users run it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { quantile } from '../peers/result.js';

const runJs = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Makes a process report its peak memory, in KiB, on exit. */
const meter =
  'import { writeSync } from "node:fs";' +
  'process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));';
const metered = ['--import', `data:text/javascript,${encodeURIComponent(meter)}`];

/**
 * @param {readonly (readonly string[])[]} commands arguments of `digits`, without --output-dir
 * @param {number} rounds in each, every command runs twice: once to measure time, once to measure memory
 * @returns {Promise<{ seconds: number, mebibytes: number }[]>} medians per command
 */
export async function medianProcesses(commands, rounds) {
  const folder = await mkdtemp(join(tmpdir(), 'digits-goals-'));
  const seconds = commands.map(() => /** @type {number[]} */ ([]));
  const mebibytes = commands.map(() => /** @type {number[]} */ ([]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [index, command] of commands.entries()) {
        const words = [...command, '--output-dir', folder];
        const start = performance.now();
        await run([runJs, ...words]);
        seconds[index].push((performance.now() - start) / 1000);
        mebibytes[index].push(Number(await run([...metered, runJs, ...words])) / 1024);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return commands.map((_, index) => ({
    seconds: quantile(seconds[index], 0.5),
    mebibytes: quantile(mebibytes[index], 0.5),
  }));
}

/**
 * @param {readonly string[]} words arguments of `node`
 * @returns {Promise<string>} what the process wrote to file descriptor 3
 */
async function run(words) {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const fourth = child.stdio[3];
  const [told, [code]] = await Promise.all([
    fourth ? text(/** @type {import('node:stream').Readable} */ (fourth)) : '',
    once(child, 'close'),
  ]);
  if (code !== 0) throw new Error(`digits ${words.slice(1).join(' ')} ended with code ${code}`);
  return told;
}
