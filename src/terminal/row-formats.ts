/** How rows and their predictions are written: as lines of JSON, CSV or Parquet. */
import { probabilityName } from '../artifacts/predictions.js';
import { csvLine } from '../csv.js';
import type { Cell } from '../data/table.js';
import { jsonText } from '../text.js';
import { type ByteText, createByteText } from './byte-text.js';
import { type PredictedRows, withSameColumns } from './predicted-rows.js';

/** Writes rows, which all have the same columns, as pieces of a file. */
export type RowFormat = (
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
) => AsyncIterable<string | Uint8Array>;

/** The formats of files by their endings. */
const formats: Readonly<Record<string, RowFormat>> = {
  '.csv': csvRows,
  '.jsonl': jsonRows,
  '.parquet': async function* parquet(portions, classes) {
    const { parquetRows } = await import('./predicted-parquet.js');
    yield* parquetRows(portions, classes);
  },
};

export const endings = Object.keys(formats);

/** The format of a file by the ending of its name; undefined if it has another. */
export function formatOf(path: string): RowFormat | undefined {
  const ending = endings.find((known) => path.toLowerCase().endsWith(known));
  return ending === undefined ? undefined : formats[ending];
}

/** The ASCII characters but those for control and some others. */
const charactersWithout = (others: string) =>
  Uint8Array.from({ length: 127 }, (_, code) =>
    Number(code >= 32 && !others.includes(String.fromCharCode(code))),
  );
const plainInJson = charactersWithout('"\\');
const plainInCsv = charactersWithout('",');
/** Bytes of a piece: larger ones are new memory each time, and to write that takes longer than to make the text. */
const PIECE_BYTES = 2 ** 16;
const QUOTE = bytesOf('"');

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A line for each row: an object with its place, the columns that are kept, the prediction and the probabilities. */
export async function* jsonRows(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<Uint8Array> {
  const names = classes.map((name) => jsonText(name));
  const input = bytesOf('{"input":');
  const predictions = names.map((name) => bytesOf(`,"prediction":${name}`));
  const shares = names.map((name, index) => bytesOf(`${index === 0 ? ',"probabilities":{' : ','}${name}:`));
  const [end, endOfShares] = [bytesOf('}\n'), bytesOf('}}\n')];
  const keys = new Map<string, Uint8Array>();
  const keyOf = (name: string) => {
    const key = keys.get(name) ?? bytesOf(`,${jsonText(name)}:`);
    keys.set(name, key);
    return key;
  };
  const out = createByteText();
  for await (const portion of withSameColumns(portions, ['input', 'prediction', 'probabilities'])) {
    const kept = portion.kept.map(({ name, cells }) => ({ key: keyOf(name), cells }));
    for (let row = 0; row < portion.inputs.length; row++) {
      out.bytes(input);
      writeJson(out, portion.inputs[row]);
      for (const { key, cells } of kept) {
        out.bytes(key);
        writeJson(out, cells[row]);
      }
      out.bytes(predictions[portion.predictions[row]]);
      writeShares(out, portion, row, shares);
      out.bytes(portion.probabilities ? endOfShares : end);
      if (out.length >= PIECE_BYTES) yield out.take();
    }
    yield out.take();
  }
}

function writeJson(out: ByteText, cell: Cell): void {
  if (typeof cell === 'number') {
    out.text(jsonText(cell));
    return;
  }
  out.bytes(QUOTE);
  if (out.plain(cell, plainInJson)) out.bytes(QUOTE);
  else out.text(jsonText(cell).slice(1));
}

/** @param before what stands before the probability of each class */
function writeShares(
  out: ByteText,
  { probabilities }: PredictedRows,
  row: number,
  before: readonly Uint8Array[],
): void {
  if (!probabilities) return;
  for (let index = 0, at = row * before.length; index < before.length; index++, at++) {
    out.bytes(before[index]);
    out.number(probabilities[at]);
  }
}

async function* csvRows(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<Uint8Array> {
  const shareNames = classes.map(probabilityName);
  const ownNames = ['input', 'prediction', ...shareNames];
  const predictions = classes.map((name) => bytesOf(csvLine([name]).slice(0, -1)));
  const comma = bytesOf(',');
  const shares = classes.map(() => comma);
  const end = bytesOf('\n');
  const out = createByteText();
  let hasNames = false;
  for await (const portion of withSameColumns(portions, ownNames)) {
    if (!hasNames) {
      const kept = portion.kept.map(({ name }) => name);
      out.text(csvLine(['input', ...kept, 'prediction', ...(portion.probabilities ? shareNames : [])]));
      hasNames = true;
    }
    for (let row = 0; row < portion.inputs.length; row++) {
      writeCsv(out, portion.inputs[row]);
      for (const { cells } of portion.kept) {
        out.bytes(comma);
        writeCsv(out, cells[row]);
      }
      out.bytes(comma);
      out.bytes(predictions[portion.predictions[row]]);
      writeShares(out, portion, row, shares);
      out.bytes(end);
      if (out.length >= PIECE_BYTES) yield out.take();
    }
    yield out.take();
  }
}

function writeCsv(out: ByteText, cell: Cell): void {
  if (typeof cell === 'number') {
    if (!Number.isNaN(cell)) out.number(cell);
  } else if (!out.plain(cell, plainInCsv)) out.text(csvLine([cell]).slice(0, -1));
}
