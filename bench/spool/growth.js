/**
 * `npm run growth [ROWS…]`: time and peak memory of `digits train` on tables of more and more rows of 20 numbers, as CSV: with
 * the memory that it takes by default, and with 600 MiB.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTable } from '../goals/epochs.js';
import { medianProcesses } from '../goals/processes.js';

const COLUMNS = 20;
/** Rows are written this many at a time, the same ones again and again. */
const BLOCK_ROWS = 10_000;

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1e5, 1e6, 1e7];
const folder = mkdtempSync(join(tmpdir(), 'digits-growth-'));

/** @param {number} rows */
function writeTable(rows) {
  const path = join(folder, `${rows}.csv`);
  const { features, labels } = makeTable({ rows: BLOCK_ROWS, features: COLUMNS, classes: 3 });
  const lines = Array.from(labels, (label, row) => {
    const numbers = features.values.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    return `${Array.from(numbers, (value) => value.toFixed(6)).join(',')},class ${label}\n`;
  });
  const file = openSync(path, 'w');
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    writeSync(file, lines.slice(0, Math.min(BLOCK_ROWS, rows - row)).join(''));
  }
  closeSync(file);
  return path;
}

try {
  const [cpu] = cpus();
  console.log(`${cpu.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}\n`);
  console.log(`| rows × ${COLUMNS} | CSV | seconds | peak memory | seconds with 600 MiB | peak memory |`);
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const rows of sizes) {
    const path = writeTable(rows);
    const train = ['train', '--data', path, '--quiet'];
    const measured = await medianProcesses([train, [...train, '--memory', '600MiB']], 1);
    const cells = measured.flatMap(({ seconds, mebibytes }) => [
      seconds.toFixed(1),
      `${mebibytes.toFixed(0)} MiB`,
    ]);
    console.log(`| ${rows} | ${(statSync(path).size / 1e6).toFixed(0)} MB | ${cells.join(' | ')} |`);
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
