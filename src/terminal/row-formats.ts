/** How rows and their predictions are written: as lines of JSON, CSV or Parquet. */
import { csvLine } from '../csv.js';
import { jsonText } from '../text.js';
import { columnsOf, type PredictedRows, withSameColumns } from './predicted-rows.js';

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

/** A line for each row: an object with its place, the columns that are kept, the prediction and the probabilities. */
export async function* jsonRows(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<string> {
  // Names are converted to JSON only once.
  const names = classes.map((name) => jsonText(name));
  const keys = new Map<string, string>();
  const keyOf = (name: string) => {
    const key = keys.get(name) ?? jsonText(name);
    keys.set(name, key);
    return key;
  };
  const ownNames = ['input', 'prediction', 'probabilities'];
  for await (const portion of withSameColumns(portions, ownNames)) {
    const { inputs, kept, predictions, probabilities } = portion;
    let text = '';
    for (let row = 0; row < inputs.length; row++) {
      text += `{"input":${jsonText(inputs[row])}`;
      for (const { name, cells } of kept) text += `,${keyOf(name)}:${jsonText(cells[row])}`;
      text += `,"prediction":${names[predictions[row]]}`;
      if (probabilities) {
        const shares = names.map((name, index) => `${name}:${probabilities[row * names.length + index]}`);
        text += `,"probabilities":{${shares.join(',')}}`;
      }
      text += '}\n';
    }
    yield text;
  }
}

async function* csvRows(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<string> {
  let hasNames = false;
  for await (const { columns, rows } of columnsOf(portions, classes)) {
    const names = hasNames ? '' : csvLine(columns.map(({ name }) => name));
    hasNames = true;
    const lines = Array.from({ length: rows }, (_, row) =>
      csvLine(columns.map(({ cells }) => (Number.isNaN(cells[row]) ? '' : cells[row]))),
    );
    yield names + lines.join('');
  }
}
