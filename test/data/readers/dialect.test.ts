import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { readCsv, readTsv } from '../../../src/data/readers/delimited.js';
import { type ReadOptions, type ReadPortions, TableError } from '../../../src/data/table.js';
import { sourceOf } from './reading.js';

interface Table {
  readonly cells: (string | number)[][];
  readonly names: readonly string[] | undefined;
  readonly labels: string[];
  readonly lines: number[];
  readonly notes: readonly string[];
  readonly numberFormat: object | undefined;
}

/** All cells of a table, and what the reader found out. */
async function read(
  text: string,
  options: Partial<ReadOptions> = {},
  { reader = readCsv, size = Number.POSITIVE_INFINITY }: { reader?: ReadPortions; size?: number } = {},
): Promise<Table> {
  const cells: (string | number)[][] = [];
  const labels: string[] = [];
  const lines: number[] = [];
  let found: Pick<Table, 'names' | 'notes' | 'numberFormat'> = {
    names: undefined,
    notes: [],
    numberFormat: undefined,
  };
  const source = sourceOf(new TextEncoder().encode(text), size);
  for await (const portion of reader(source, { columns: {}, ...options })) {
    if (!('cells' in portion.features)) throw new Error('expected cells');
    cells.push(...portion.features.cells.map((row) => [...row]));
    labels.push(...(portion.labels ?? []));
    lines.push(...portion.places);
    const { notes = [], numberFormat, features } = portion;
    found = { names: features.names, notes, numberFormat };
  }
  return { cells, labels, lines, ...found };
}

async function faultOf(text: string, options: Partial<ReadOptions> = {}): Promise<string> {
  try {
    await read(text, options);
  } catch (error) {
    if (error instanceof TableError) return error.fault;
    throw error;
  }
  return 'no fault';
}

const names = ['x', 'y', 'class'];
const rows = [
  ['1', '2.5', 'a b'],
  ['3', '4', 'c'],
];

/** The same table with another delimiter; cells with blanks are quoted. */
const written = (delimiter: string) =>
  [names, ...rows]
    .map((cells) => cells.map((cell) => (cell.includes(' ') ? `"${cell}"` : cell)).join(delimiter))
    .join('\n');

t.test('the delimiter is found', async (t) => {
  for (const delimiter of [',', ';', '\t', '|', ' ', '   ']) {
    for (const reader of [readCsv, readTsv]) {
      const table = await read(written(delimiter), {}, { reader });
      t.strictSame([table.names, table.cells], [names, rows], JSON.stringify(delimiter));
    }
  }
  const blanks = await read('  x   y class \n 1 2.5  "a b"\t\n3\t\t4 c\n');
  t.strictSame([blanks.names, blanks.cells], [names, rows], 'blanks at the ends');
});

t.test('a character that divides more cells, and all lines alike, is the delimiter', async (t) => {
  t.same((await read('a;b,c;d\n1;2,3;4\n')).names, ['a', 'b,c', 'd']);
  t.same((await read('"a, b";"c\n(d)";e\n1;2;x\n2;3;y\n')).names, ['a, b', 'c\n(d)', 'e']);
  t.same((await read('a,b;c,d\n1,2;3,4\n')).names, ['a', 'b;c', 'd']);
  t.same((await read('a\tb\n1,5\t2,5,1\n')).names, ['a', 'b']);
  // Of two that divide as much, each name of a file has its own.
  t.same((await read('a\tb,c\n1\t2,x\n')).names, ['a\tb', 'c']);
  t.same((await read('a\tb,c\n1\t2,x\n', {}, { reader: readTsv })).names, ['a', 'b,c']);
  // A row of another width is refused, and does not change the delimiter.
  t.equal(await faultOf('a,b,c\n1,2,x\n1,2\n3,4,y\n'), 'found 2 cells, expected 3, as in line 1');
  // Twenty lines decide.
  const late = `a;b\n${'1;2\n'.repeat(19)}3\n`;
  t.equal(await faultOf(late), 'found 1 cell, expected 2, as in line 1');
});

t.test('two tabs are a wide gap where an empty cell would not fit', async (t) => {
  t.same((await read('1\t2.5\t5\n3\t\t4\t6\n')).cells, [
    ['1', '2.5', '5'],
    ['3', '4', '6'],
  ]);
  const late = `x\ty\tclass\n${'1\t2\ta\n'.repeat(40)}3\t\t4\tb\n`;
  t.same((await read(late)).cells[40], ['3', '4', 'b']);
  t.same((await read('x\ty\tclass\n1\t\ta\n2\t3\tb\n')).cells[0], ['1', '', 'a'], 'an empty cell');
});

t.test('a single column', async (t) => {
  const labels = { columns: { features: [] } };
  for (const text of [
    'class\nNew York\nParis\n',
    'class\nIris setosa\nIris virginica\n',
    'a b\nc d\na b\n',
  ]) {
    const { labels: found } = await read(text, labels);
    t.same(found.slice(-2), text.trim().split('\n').slice(-2), text);
  }
  t.equal(
    await faultOf('id,class\nq,v\nr,u\n', labels),
    'found 2 columns, expected a single column of labels',
  );
});

t.test('the first line may tell the delimiter', async (t) => {
  for (const line of ['sep=;', 'SEP=;', '"sep=;"']) {
    for (const end of ['\n', '\r\n', '\r']) {
      const table = await read([line, 'a,b;c', '1,2;x', ''].join(end), {}, { size: 3 });
      t.strictSame([table.names, table.cells, table.lines], [['a,b', 'c'], [['1,2', 'x']], [3]]);
    }
  }
  t.same((await read('sep=;\na,b\n1,x\n', { delimiter: ',' })).names, ['a', 'b'], 'options win');
});

t.test('comments above the header', async (t) => {
  const table = await read('# made by hand, 2024\n\n# cm; g\na,class\n#1,x\n', {}, { size: 5 });
  t.strictSame(
    [table.names, table.cells, table.lines, table.notes],
    [['a', 'class'], [['#1', 'x']], [5], ['skipped 2 lines of comments']],
  );
  t.same((await read('#1\na,class\n1,x\n')).notes, ['skipped 1 line of comments']);
  // Names in a comment are names if no others follow.
  const commented = await read('# units: cm\n# id, name\n1.5,x\n2,y\n');
  t.same(commented.names, ['id', 'name']);
  t.match(commented.notes, [/^skipped 1 line of comments$/, /^the line of comments above/]);
  t.same((await read('# id,name\nkey,value\n1,x\n')).names, ['key', 'value']);
  t.same((await read('# id,name\n1.5,x,y\n')).names, undefined);
  t.same((await read('# id,name\n1.5,x\n', { header: false })).names, undefined);
  // Where each line begins with #, none is a comment.
  t.same((await read('#ff0000,red\n#00ff00,green\n#ff0000,red\n')).cells.length, 3);
});

t.test('lines that end with a delimiter', async (t) => {
  const all = await read('a,b,class,\n1,2,x,\n3,4,y,\n');
  t.same(
    [all.names, all.labels],
    [
      ['a', 'b', 'class', 'column_4'],
      ['x', 'y'],
    ],
  );
  const header = await read('"a","b","class",\n1,2,x\n3,4,y\n');
  t.strictSame(header.names, ['a', 'b', 'class', 'column_4']);
  t.strictSame(header.cells, [
    ['1', '2', 'x', ''],
    ['3', '4', 'y', ''],
  ]);
  t.same(header.labels, ['x', 'y']);
  const below = await read('a;b;class\n1;2;x;\n3;4;y;\n');
  t.same(
    [below.names, below.labels],
    [
      ['a', 'b', 'class', 'column_4'],
      ['x', 'y'],
    ],
  );
  const bare = await read('1,3,x,\n3,4,y,\n');
  t.same([bare.names, bare.labels], [undefined, ['x', 'y']]);
  // A last column without a name has the labels if it has values.
  t.same((await read('a,b,\n1,2,x\n3,4,y\n')).labels, ['x', 'y']);
  t.equal(await faultOf('a,b,class,\n1,2,x\n3,4\n'), 'found 2 cells, expected 4, as in line 1');
});

t.test('names of rows, as R writes them', async (t) => {
  for (const delimiter of [' ', ',', ';', '\t']) {
    const text = '"x" "class"\n"1" 0.5 "a"\n"2" 1.5 "b"\n'.replaceAll(' ', delimiter);
    const { names: found, cells } = await read(text);
    t.same(
      [found, cells[0]],
      [
        ['column_1', 'x', 'class'],
        ['1', '0.5', 'a'],
      ],
      delimiter,
    );
  }
  t.equal(await faultOf('a,b,c\n1,2,3,x\n1,2,x\n'), 'found 4 cells, expected 3, as in line 1');
});

t.test('names that others have', async (t) => {
  const { names: found, notes } = await read('a, a,b,a.1,,column_5,a,class\n1,2,3,4,5,6,7,x\n');
  t.same(found, ['a', 'a.2', 'b', 'a.1', 'column_5', 'column_5.1', 'a.3', 'class']);
  t.same(notes, ['renamed 3 columns whose name others have']);
});

t.test('decimal commas', async (t) => {
  const comma = { decimal: ',' };
  const cases: [string, Partial<ReadOptions>, object | undefined][] = [
    ['a;class\n1,5;x\n', {}, comma],
    ['a\tclass\n-1,5\tx\n', {}, comma],
    ['a;class\n 1,5 ;x\n1;y\n', {}, comma],
    ['a;b;class\n1,5;2.5;x\n', {}, undefined],
    ['a;b;class\n1;2;x\n', {}, undefined],
    ['a|class\n1,5|x\n', {}, undefined],
    ['a;class\n1,5;x\n', { decimal: '.' }, undefined],
    ['a,class\n"1,5",x\n', comma, comma],
    ['a,class\n"1,500",x\n', { thousands: ',' }, { decimal: '.', thousands: ',' }],
    ['a;class\n1.500;x\n', { thousands: '.' }, { decimal: ',', thousands: '.' }],
    ['a;class\n1 500,5;x\n2,5;x\n', { thousands: ' ' }, { decimal: ',', thousands: ' ' }],
  ];
  for (const [text, options, expected] of cases)
    t.same((await read(text, options)).numberFormat, expected, text);
  t.same((await read('a;class\n1,5;x\n')).notes, ['numbers have decimal commas']);
  // A first line with decimal commas is data, too.
  t.equal((await read('1,5;x\n2,5;y\n')).names, undefined);
  t.equal((await read('"1,500",x\n2,y\n', { thousands: ',' })).names, undefined);
});

t.test('that the first line is data is told', async (t) => {
  t.match((await read('1.5,x\n2,y\n')).notes, [
    /^the first line is data, since its cell "1.5" is a number: --header/,
  ]);
  t.match((await read('p,x\np,x\n')).notes, [/^the first line is data, since its texts are found again/]);
  t.same((await read('1,x\n2,y\n', { header: false })).notes, []);
  t.same((await read('a,x\n2,y\n')).notes, []);
});

t.test('rows that come one by one are read one by one, where a model says what is in them', async (t) => {
  const columns = { label: null, features: ['b', 'a'] };
  const cases: [string, Partial<ReadOptions>, number][] = [
    ['a,b\n', { columns }, 1],
    ['a b class\n', { columns }, 1],
    ['a;b\n', { columns, decimal: '.' }, 1],
    ['', { columns, header: false, delimiter: ',' }, 0],
  ];
  for (const [header, options, line] of cases) {
    let given = 0;
    async function* chunks() {
      yield new TextEncoder().encode(header);
      const row = `${header.replaceAll(/\w+/g, '1') || '1,2\n'}`;
      for (; ; given++) yield new TextEncoder().encode(row);
    }
    for await (const portion of readCsv({ name: 'rows', chunks }, { columns: {}, ...options })) {
      t.equal(portion.places[0], line + 1);
      t.ok(given <= 3, `${given} rows were read`);
      break;
    }
  }
});

const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', '1', '.', ' ', '"', ',', ';', '|', '\t', '\n', '\r', 'é', '#'),
    maxLength: 5,
  }),
  fc.constantFrom('', 'NA', '2.5', '-3', '1e3', 'New York'),
);

/** A table of two columns or more, and how it is written. */
const dialects = fc.record({
  rows: fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
    ),
  delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '\t  '),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  size: fc.integer({ min: 1, max: 50 }),
  isTrailing: fc.boolean(),
});

t.test('any table of texts is read back, in each dialect, however its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(dialects, async ({ rows, delimiter, end, size, isTrailing }) => {
      const header = rows[0].map((_, index) => `name ${index}`);
      // With quotes around all cells, only one delimiter divides all lines.
      const line = (cells: string[]) =>
        cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
      const lines = [header, ...rows].map(line).join(end) + (isTrailing ? end : '');
      const table = await read(lines, {}, { size });
      deepStrictEqual(table.names, header);
      deepStrictEqual(table.cells, rows);
      deepStrictEqual(
        table.labels,
        rows.map((cells) => cells[cells.length - 1].trim()),
      );
    }),
    { numRuns: 300 },
  );
});

t.test('no text is read in another way if its bytes are cut', async () => {
  const unit = fc.constantFrom('1', ',', ';', '\t', ' ', '"', '\n', '\r', 'x', '#', 'sep=');
  const outcome = async (text: string, options: Partial<ReadOptions>, size: number) => {
    try {
      return await read(text, options, { size });
    } catch (error) {
      if (error instanceof TableError) return error.message;
      throw error;
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit, maxLength: 60 }),
      fc.constantFrom({}, { features: ['x', 'xx'], label: null }, { label: null }, { features: [] }),
      fc.integer({ min: 1, max: 9 }),
      async (text, columns, size) => {
        deepStrictEqual(await outcome(text, { columns }, size), await outcome(text, { columns }, 1000));
      },
    ),
    { numRuns: 2000 },
  );
});
