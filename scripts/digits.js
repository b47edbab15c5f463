/** Packs data/digits.csv.gz into dist/assets/digits.bin: the pixels row by row, then the labels, one byte each. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

const source = new URL('../data/digits.csv.gz', import.meta.url);
const target = new URL('../dist/assets/digits.bin', import.meta.url);

export async function packDigits() {
  const csv = gunzipSync(await readFile(source)).toString();
  const rows = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const pixels = rows.flatMap((row) => row.slice(0, -1));
  const labels = rows.map((row) => row[row.length - 1]);
  await mkdir(new URL('.', target), { recursive: true });
  await writeFile(target, Uint8Array.from([...pixels, ...labels]));
}
