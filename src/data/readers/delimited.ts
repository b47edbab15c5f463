import Papa from 'papaparse';
import { planColumns } from '../columns.js';
import { type Portion, quoted, type ReadOptions, type Source, TableError } from '../table.js';

/** Comma-separated values (RFC 4180). */
export function readCsv(source: Source, options: ReadOptions): AsyncIterable<Portion> {
  return readDelimited(source, { delimiter: ',', ...options });
}

/** Tab-separated values. */
export function readTsv(source: Source, options: ReadOptions): AsyncIterable<Portion> {
  return readDelimited(source, { delimiter: '\t', ...options });
}

async function* readDelimited(source: Source, options: ReadOptions): AsyncGenerator<Portion> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of source.chunks()) text += decoder.decode(chunk, { stream: true });
  const { data } = Papa.parse<string[]>(text, { delimiter: options.delimiter ?? ',', skipEmptyLines: true });
  const header = options.header === false ? undefined : data.shift();
  const first = data[0];
  if (!first) return;
  const plan = planColumns(source.name, first.length, header, options.columns);
  const columns = plan.features.length;
  const values = new Float32Array(data.length * columns);
  data.forEach((cells, row) => {
    plan.features.forEach((index, j) => {
      const value = Number(cells[index]);
      if (!Number.isFinite(value)) {
        throw new TableError(source.name, `found ${quoted(cells[index])}, expected a number`, {
          line: row + 2,
        });
      }
      values[row * columns + j] = value;
    });
  });
  yield {
    features: { rows: data.length, columns, values },
    ...(header && { featureNames: plan.featureNames }),
    ...(plan.label >= 0 && { labels: data.map((cells) => cells[plan.label]) }),
    places: Float64Array.from(data, (_, row) => row + 2),
  };
}
