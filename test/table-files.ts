/** Tables in files, valid and damaged, which Node and pages must read in the same way. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { datasetSha256 } from '../src/data/checksum.js';
import type { Dataset } from '../src/data/dataset.js';
import type { DatasetOptions } from '../src/entries/tables.js';
import { root } from './commands/digits.js';

/** A table in short, or why it can't be read. */
export type Outcome =
  | string
  | (Pick<Dataset, 'classes' | 'featureNames'> & { rows: number; columns: number; sha256: string });

/** A table, the file of its labels where they are apart, and how to read them. */
export interface TableCase {
  readonly table: string;
  readonly labels?: string;
  readonly options: Omit<DatasetOptions, 'labels' | 'signal' | 'onRead'>;
}

const fixtures = join(root, 'test/fixtures');

/** The outcome of a reading of files in a folder, which messages leave out. */
export async function outcomeOf(reading: Promise<Dataset>, folder = ''): Promise<Outcome> {
  try {
    const dataset = await reading;
    const { features, classes, featureNames } = dataset;
    const { rows, columns } = features;
    return {
      rows,
      columns,
      classes,
      sha256: await datasetSha256(dataset),
      ...(featureNames && { featureNames }),
    };
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : String(error);
  }
}

/** Writes tables of every format to a folder. */
export function writeTables(folder: string): TableCase[] {
  const iris = readFileSync(join(fixtures, 'tables/iris.csv'), 'utf8');
  const lines = iris.trimEnd().split('\n');
  const packed = gzipSync(iris);
  const { arrays, archives, brokenArchives } = JSON.parse(
    readFileSync(join(fixtures, 'arrays.json'), 'utf8'),
  ) as {
    arrays: { npy: string }[];
    archives: Record<string, string>;
    brokenArchives: Record<string, string>;
  };
  const cases: TableCase[] = [];
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  const add = (name: string, content: string | Uint8Array, options: TableCase['options'] = {}) => {
    write(name, content);
    cases.push({ table: name, options });
  };
  const again = (table: string, options: TableCase['options'], labels?: string) =>
    cases.push({ table, options, ...(labels !== undefined && { labels }) });

  add('iris.csv', iris);
  again('iris.csv', { drop: [lines[0].split(',')[1], '1'] });
  again('iris.csv', { label: '1', drop: ['5'] });
  again('iris.csv', { label: 'specie' });
  again('iris.csv', { format: 'npy' });
  again('iris.csv', { format: 'xls' });
  add('iris.csv.gz', packed);
  add('packed.csv', packed);
  add('packed', packed, { format: 'csv' });
  again('packed', {});
  add('iris.TSV', iris.replaceAll(',', '\t'));
  add('semicolons.csv', iris.replaceAll(',', ';'), { delimiter: ';' });
  again('semicolons.csv', {});
  add('bare.csv', lines.slice(1).join('\r\n'), { header: false });
  again('bare.csv', {});
  add('large.csv', `a,b,"c\nd",class\n${'1,2.5,3,"ä x"\n-4,5e-3,6,y\n'.repeat(50_000)}`);
  add('words.csv', [...lines.slice(0, 7), lines[7].replace(',', ',wide'), ...lines.slice(8)].join('\n'));
  add('cells.csv.gz', gzipSync([...lines.slice(0, 9), `${lines[9]},1`].join('\n')));
  add('empty.csv', '');
  add('bytes.csv', Uint8Array.of(97, 44, 98, 10, 0xff, 44, 49, 10));
  add('cut.csv.gz', packed.subarray(0, packed.length >> 1));
  add('cut-end.csv.gz', packed.subarray(0, -4));
  add('head.csv.gz', packed.subarray(0, 2));

  write('setosa.csv', `class\n${'setosa\nother\n'.repeat(75)}`);
  again('iris.csv', { drop: ['5'] }, 'setosa.csv');
  again('large.csv', { drop: ['4'] }, 'setosa.csv');
  again('iris.csv', {}, 'iris.csv');

  const images = Buffer.from('000008030000000300000002000000020102030405060708090a0bff', 'hex');
  write('digits.gz', gzipSync(Buffer.from('0000080100000003050004', 'hex')));
  add('images-idx3-ubyte.gz', gzipSync(images));
  again('images-idx3-ubyte.gz', {}, 'digits.gz');
  add('cut-idx3-ubyte', images.subarray(0, -3));
  again('cut-idx3-ubyte', {}, 'digits.gz');

  arrays.forEach(({ npy }, i) => {
    add(`${i}.npy`, Buffer.from(npy, 'base64'));
  });
  for (const [name, archive] of Object.entries({ ...archives, ...brokenArchives })) {
    add(`${name.replaceAll(/\W/g, '-')}.npz`, Buffer.from(archive, 'base64'));
  }
  for (const format of ['libsvm', 'parquet', 'arrow']) {
    for (const name of readdirSync(join(fixtures, format)).filter((file) => file.endsWith(`.${format}`))) {
      cpSync(join(fixtures, format, name), join(folder, name));
      again(name, {});
    }
  }
  add(
    'rows.arff',
    '@relation r\n@attribute a {x,"y z"}\n@attribute b real\n@attribute c {p,q}\n@data\nx,1,p\n"y z",?,q\n',
  );
  add('rows.jsonl', '{"a":1,"b":"x","c":"p"}\n{"b":null,"a":2,"c":"q"}\n');
  add('rows.json', '[{"a":true,"b":"x","c":1},{"a":false,"b":"é","c":2}]');
  const small = readFileSync(join(fixtures, 'parquet/small-zstd.parquet'));
  add('packed.parquet', gzipSync(small));
  add('cut.parquet', small.subarray(0, -9));
  add('damaged.parquet', small.fill(0xaa, 20, 60));
  return cases;
}
