import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import Papa from 'papaparse';
import t from 'tap';
import { readCsv, readTsv } from '../../../src/data/readers/delimited.js';
import {
  type ColumnChoice,
  type ReadOptions,
  type ReadPortions,
  type Source,
  TableError,
} from '../../../src/data/table.js';

const MEBIBYTE = 2 ** 20;

/** A source of these bytes, in chunks of a size. */
function sourceOf(content: string | Uint8Array, size = 7): Source {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name: 'a.csv',
    async *chunks() {
      for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
    },
  };
}

/** A source of these texts, each as a chunk as often as told. */
function repeated(...parts: [text: string, count: number][]): Source {
  return {
    name: 'a.csv',
    async *chunks() {
      for (const [text, count] of parts) {
        const bytes = new TextEncoder().encode(text);
        for (let i = 0; i < count; i++) yield bytes;
      }
    },
  };
}

async function collect(source: Source, options: Partial<ReadOptions> = {}, read: ReadPortions = readCsv) {
  const rows: number[][] = [];
  const labels: string[] = [];
  const places: number[] = [];
  let names: readonly string[] | undefined;
  for await (const portion of read(source, { columns: {}, ...options })) {
    const { values, columns } = portion.features;
    for (let row = 0; row < portion.features.rows; row++) {
      rows.push([...values.subarray(row * columns, (row + 1) * columns)]);
    }
    labels.push(...(portion.labels ?? []));
    places.push(...portion.places);
    names = portion.featureNames;
  }
  return { rows, labels, places, names };
}

async function faultOf(content: string | Uint8Array | Source, options: Partial<ReadOptions> = {}) {
  const source = typeof content === 'string' || content instanceof Uint8Array ? sourceOf(content) : content;
  try {
    await collect(source, options);
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
  return 'no fault';
}

t.test('numbers, labels, names and lines', async (t) => {
  t.same(await collect(sourceOf('a,b,class\n1,2.5,x\n-3e2, .5 ,y\n')), {
    rows: [
      [1, 2.5],
      [-300, 0.5],
    ],
    labels: ['x', 'y'],
    places: [2, 3],
    names: ['a', 'b'],
  });
});

t.test('tabs in a TSV, any one character where it is told', async (t) => {
  const expected = { rows: [[1, 2]], labels: ['a,b'], places: [2], names: ['x', 'y'] };
  t.same(await collect(sourceOf('x\ty\tz\n1\t2\ta,b\n'), {}, readTsv), expected);
  for (const delimiter of [';', '|', ' ', '\t', '😀']) {
    const text = 'x;y;z\n1;2;"a,b"\n'.replaceAll(';', delimiter);
    t.same(await collect(sourceOf(text), { delimiter }), expected, delimiter);
    t.same(await collect(sourceOf(text), { delimiter }, readTsv), expected, delimiter);
  }
});

t.test('a delimiter that is none', async (t) => {
  for (const delimiter of ['', ';;', '"', '\n', '\r', '\0', '\\t']) {
    t.equal(
      await faultOf('a,b\n1,2\n', { delimiter }),
      `a.csv: found the delimiter ${JSON.stringify(delimiter)}, expected a single character such as ";", ` +
        'not a quote or a line break',
    );
  }
});

t.test('each line end, blank lines, a byte order mark, a last line without an end', async (t) => {
  for (const size of [1, 2, 3, 4, 5, 1000]) {
    for (const end of ['\n', '\r\n', '\r']) {
      for (const last of ['', end, end + end]) {
        for (const mark of ['', '\ufeff']) {
          const text = `${mark}${end}ä,class${end}1,x${end}${end} \t${end}2,"y${end}z"${end}3,w${last}`;
          t.same(
            await collect(sourceOf(text, size)),
            { rows: [[1], [2], [3]], labels: ['x', `y${end}z`, 'w'], places: [3, 6, 8], names: ['ä'] },
            JSON.stringify({ text, size }),
          );
        }
      }
    }
  }
  t.same((await collect(sourceOf('a,b\n1,x\r2,y\r\n3,z\r\r4,w'))).places, [2, 3, 4, 6], 'mixed');
});

t.test('quotes within cells', async (t) => {
  const text = 'a,class\n"1","""x"", y"\n2,5" disk\n"3" ,"" \n4,""""\n';
  t.match(await faultOf(text), 'a.csv, line 4, column 2 ("class"): found an empty cell, expected a label');
  t.same((await collect(sourceOf(text.replace(',"" ', ',"z" '), 1))).labels, ['"x", y', '5" disk', 'z', '"']);
});

t.test('columns are called by their places where they have no names', async (t) => {
  t.same(await collect(sourceOf('1,2,x\n3,4,y\n'), { header: false, columns: { drop: ['1'] } }), {
    rows: [[2], [4]],
    labels: ['x', 'y'],
    places: [1, 2],
    names: ['column_2'],
  });
  // As pandas writes a table with its index.
  t.same((await collect(sourceOf(',a,class\n0,5,x\n1,6,y\n'))).names, ['column_1', 'a']);
  t.same((await collect(sourceOf(' a,"b""c",class\n0,5,x\n'))).names, [' a', 'b"c']);
});

t.test('a first line of numbers is data, unless it counts', async (t) => {
  const columns: ColumnChoice = { label: null };
  const refused: [string, ColumnChoice?][] = [
    ['5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n'],
    ['5.1,3.5,1.4,0.2\n4.9,3,1.4,0.2\n', columns],
    ['5,0,0,0,12\n1,2,3,4,5\n'],
    ['7\n2\n', { features: [] }],
    ['0,2,1,x\n4,5,6,y\n'],
    ['id,5.5,6.5,x\nb,5,6,y\n', { drop: ['1'] }],
  ];
  for (const [text, choice = {}] of refused) {
    t.match(
      await faultOf(text, { columns: choice }),
      /^a\.csv, line 1: found numbers, .*expected names.*--no-header/,
      text,
    );
    t.equal(await faultOf(text, { columns: choice, header: false }), 'no fault', text);
  }
  t.match(await faultOf('\n\n5.1,x\n3,y\n'), /^a\.csv, line 3: found numbers/);
  t.match(await faultOf('5.0,3.0,3.0,setosa\n1,2,3,x\n'), /are both called "3\.0".*--no-header/);
  const taken: [string, ColumnChoice?][] = [
    ['0,1,2,3\n5,6,7,8\n'],
    ['1,2,3,class\n5,6,7,x\n'],
    ['class,0,1,2\nx,6,7,8\n', { label: 'class' }],
    [',class,0,1,2\n0,x,6,7,8\n', { label: 'class', drop: ['column_1'] }],
    ['0,1,2,3\n5,6,7,8\n', { drop: ['1'] }],
    ['x,2,3,class\n5,6,7,8\n'],
    ['0\n7\n', { features: [] }],
  ];
  for (const [text, choice = {}] of taken) {
    const { rows, labels } = await collect(sourceOf(text), { columns: choice });
    t.equal(Math.max(rows.length, labels.length), 1, text);
  }
  t.same((await collect(sourceOf('2.5,7,class\n1,2,x\n'), { header: true })).names, ['2.5', '7'], 'told');
});

t.test('only the columns that were chosen are numbers', async (t) => {
  const text = 'id,a,note,b,class\nq1,1,"x, y",2,u\nq2,3,,4,v\n';
  const columns = { drop: ['id', 'note'] };
  t.same((await collect(sourceOf(text), { columns })).rows, [
    [1, 2],
    [3, 4],
  ]);
  const wanted = { features: ['b', 'a'], label: null };
  t.same(await collect(sourceOf(text), { columns: wanted }), {
    rows: [
      [2, 1],
      [4, 3],
    ],
    labels: [],
    places: [2, 3],
    names: ['b', 'a'],
  });
  const labels = await collect(sourceOf(text), { columns: { features: [], label: 'id' } });
  t.same(labels, { rows: [[], []], labels: ['q1', 'q2'], places: [2, 3], names: [] });
});

t.test('numbers as Number reads decimals, rounded to float32', async (t) => {
  const cells = ['0', '-0', '+1.', '.5', '1e-60', '3.4028234e38', '1E+3', ' 7\u00a0', '0.1', '00012', '1e5'];
  const { rows } = await collect(sourceOf(`a,b\n${cells.map((cell) => `${cell},x\n`).join('')}`));
  t.same(
    rows.map(([value]) => value),
    cells.map((cell) => Math.fround(Number(cell))),
  );
});

t.test('what is no number', async (t) => {
  const cells: [string, RegExp][] = [
    ['', /found an empty cell, expected a number$/],
    ['  ', /found an empty cell, expected a number$/],
    ['wide', /found "wide", expected a number$/],
    ['1 2', /found "1 2", expected a number$/],
    ['0x1F', /found "0x1F", expected a number$/],
    [' 0b11', /found " 0b11", expected a number$/],
    ['0o17', /found "0o17", expected a number$/],
    ['1_000', /found "1_000", expected a number$/],
    ['1e', /found "1e", expected a number$/],
    ['.', /found "\.", a missing value/],
    ['"1,5"', /found "1,5", expected a number$/],
    ['NaN', /found "NaN", a missing value, expected a number: fill it in or leave its row out$/],
    ['NA', /found "NA", a missing value/],
    [' null ', /found " null ", a missing value/],
    ['?', /found "\?", a missing value/],
    ['inf', /found "inf", expected a finite number$/],
    ['-Infinity', /found "-Infinity", expected a finite number$/],
    ['1e39', /found "1e39", too large for a float32, expected a number up to 3\.4e38$/],
    ['-1e400', /found "-1e400", too large for a float32/],
    [`${'9'.repeat(200)}x`, /found "9{39}…", expected a number$/],
  ];
  for (const [cell, expected] of cells) {
    const message = await faultOf(`a,"b,\n",class\n1,2,x\n3,${cell},y\n`);
    t.match(message, /^a\.csv, line 4, column 2 \("b,\\n"\): /);
    t.match(message, expected);
    t.match(await faultOf(`1,2,x\n3,${cell},y\n`, { header: false }), /^a\.csv, line 2, column 2: found/);
  }
});

t.test('labels are as they are written, and there', async (t) => {
  const { labels } = await collect(sourceOf('a,class\n1, x \n2,007\n3,"NA"\n'));
  t.same(labels, [' x ', '007', 'NA']);
  for (const cell of ['', ' ', '""', '" "']) {
    t.equal(
      await faultOf(`a,class\n1,x\n\n2,${cell}\n`),
      'a.csv, line 4, column 2 ("class"): found an empty cell, expected a label',
    );
  }
});

t.test('rows of another length', async (t) => {
  t.equal(await faultOf('a,b,c\n1,2,x\n1,2\n'), 'a.csv, line 3: found 2 cells, expected 3, as in line 1');
  t.equal(await faultOf('\na,b,c\n1,2,3,x\n'), 'a.csv, line 3: found 4 cells, expected 3, as in line 2');
  t.equal(
    await faultOf('1,2,"x\ny"\n1\n', { header: false }),
    'a.csv, line 3: found 1 cell, expected 3, as in line 1',
  );
  t.equal(await faultOf('a,b\n1,x\n""\n2,y\n'), 'a.csv, line 3: found an empty cell alone, expected a value');
});

t.test('quotes that do not fit', async (t) => {
  const cases: [string, string][] = [
    ['a,b\n1,"x\n2,y\n', 'line 2: found a quoted cell without a closing quote up to the end'],
    ['a,b\n"1\n",x\n2,"x""\r\n', 'line 4: found a quoted cell without a closing quote up to the end'],
    ['a,b\n1,"x" 😀\n', 'line 2: found "😀" after a closing quote, expected "," or the end of the line'],
    ['a,b\n1,"x"y\n', 'line 2: found "y" after a closing quote, expected "," or the end of the line'],
    ['a,b\r1,"\r"\t"\n', 'line 3: found "\\"" after a closing quote, expected "," or the end of the line'],
    ['{"a":1,"b":[2]}', 'line 1: found ":" after a closing quote, expected "," or the end of the line'],
  ];
  for (const [text, expected] of cases) t.equal(await faultOf(text), `a.csv, ${expected}`, text);
});

t.test('nothing, or names alone', async (t) => {
  for (const text of ['', '\ufeff', '\n\r\n  \n']) {
    t.equal(await faultOf(text), 'a.csv: is empty, expected rows', JSON.stringify(text));
  }
  t.equal(await faultOf('a,b\n\n'), 'a.csv: has a line of names, but no rows below it');
  t.match(await faultOf('a;b\n1;x\n'), /^a\.csv: found a single column.*--delimiter/);
});

t.test('what is no text in UTF-8', async (t) => {
  const text = 'a,b\n1,x\n';
  const latin1 = (content: string) => Uint8Array.from(Buffer.from(content, 'latin1'));
  const utf16 = Uint8Array.from(Buffer.from(text, 'utf16le'));
  const utf16be = Uint8Array.from(utf16).map((_, index, bytes) => bytes[index ^ 1]);
  for (const bytes of [
    Uint8Array.of(0xff, 0xfe),
    Uint8Array.of(0xff, 0xfe, ...utf16),
    Uint8Array.of(0xfe, 0xff, ...utf16be),
    utf16,
    utf16be,
  ]) {
    t.equal(await faultOf(bytes), 'a.csv: is UTF-16, expected UTF-8: convert it');
  }
  const cases: [Uint8Array, string][] = [
    [
      latin1('a,b\r\n1,caf\xe9\r\n'),
      'line 2: found the byte 0xE9, which is not valid UTF-8, expected text in UTF-8',
    ],
    [
      latin1('a,b\n1,x\n2,\xc3'),
      'line 3: found the byte 0xC3, which is not valid UTF-8, expected text in UTF-8',
    ],
    [
      latin1('a,b\n1,\xc3\xa4\x80'),
      'line 2: found the byte 0x80, which is not valid UTF-8, expected text in UTF-8',
    ],
    [
      latin1('\x89PNG\r\n\x1a\n\0'),
      'line 1: found the byte 0x89, which is not valid UTF-8, expected text in UTF-8',
    ],
    [latin1('PK\x03\x04\x14\0\0\0'), 'line 1: found a NUL character, expected text'],
    [latin1('a,b\n1,x\n2,\0\n'), 'line 3: found a NUL character, expected text'],
    [latin1('a,b\n1,"x\ny\r\0'), 'line 4: found a NUL character, expected text'],
    [
      latin1('PAR1\x15\x04\x15\xf0'),
      'line 1: found the byte 0xF0, which is not valid UTF-8, expected text in UTF-8',
    ],
  ];
  for (const [bytes, expected] of cases) {
    for (const size of [1, 2, 3, 4, 1000]) {
      t.equal(await faultOf(sourceOf(bytes, size)), `a.csv, ${expected}`, `${size} bytes at a time`);
    }
  }
});

t.test('a line without an end is given up, and its memory with it', async (t) => {
  const long = 'x'.repeat(3 * 2 ** 14);
  const count = Math.ceil((2 * 1024 * MEBIBYTE) / long.length);
  const before = process.memoryUsage.rss();
  const line = repeated(['a,b\n1,', 1], [long, count]);
  let read = 0;
  const counted: Source = {
    name: line.name,
    async *chunks() {
      for await (const chunk of line.chunks()) {
        read += chunk.length;
        yield chunk;
      }
    },
  };
  t.equal(
    await faultOf(counted),
    'a.csv, line 2: found more than 64 Mi characters, expected a line to end before',
  );
  t.ok(read < 65 * MEBIBYTE, `${read} bytes were read`);
  t.equal(
    await faultOf(repeated(['a,b\n"1\n","', 1], ['x,\n""\r\n'.repeat(2 ** 13), count])),
    'a.csv, line 3: found a quoted cell without a closing quote among the next 64 Mi characters',
  );
  t.ok(process.memoryUsage.rss() - before < 1024 * MEBIBYTE, 'memory of a few lines at most');
});

t.test('a long row, and a wide table', async (t) => {
  const { labels } = await collect(
    repeated(['a,class\n1,"', 1], ['x\n'.repeat(2 ** 19), 8], ['"\n2,y\n', 1]),
  );
  t.equal(labels[0].length, 8 * MEBIBYTE);
  t.equal(labels[1], 'y');

  const width = 100_000;
  const names = Array.from({ length: width }, (_, index) => `f${index}`);
  const row = names.map((_, index) => index % 17);
  const table = [names, row, row, row].map((cells) => cells.join(',')).join('\n');
  const { rows, labels: classes } = await collect(sourceOf(table, 2 ** 16));
  t.same(classes, [`${row[width - 1]}`, `${row[width - 1]}`, `${row[width - 1]}`]);
  t.same(rows[2], row.slice(0, -1));
});

t.test('a line that is too wide is given up while it is read', async (t) => {
  const most = 2 ** 20;
  const message = `found more than ${most} cells, expected at most as many columns`;
  const commas = ','.repeat(2 ** 16);
  const wide: [string, string, number][] = [
    ['', commas, 1],
    ['a,class\n1,x\n\n', commas, 4],
    ['a,class\n1,x\n"2\n3",', commas, 3],
    ['a,class\r\n', '"",'.repeat(2 ** 14), 2],
  ];
  for (const [before, cells, line] of wide) {
    let read = 0;
    async function* chunks() {
      yield new TextEncoder().encode(before);
      for (; ; read += cells.length) yield new TextEncoder().encode(cells);
    }
    t.equal(await faultOf({ name: 'a.csv', chunks }), `a.csv, line ${line}: ${message}`);
    t.ok(read < 10 * most, `${read} bytes were read`);
  }
  // The end of the line is there already, behind a cell that was long to read.
  const long = `a,class\n"${'x'.repeat(3 * most)}"${','.repeat(2 * most)}\n`;
  t.equal(await faultOf(sourceOf(long, 2 ** 18)), `a.csv, line 2: ${message}`);
  t.match(await faultOf(sourceOf(','.repeat(most - 1), 2 ** 18)), /a line of names, but no rows/);
  t.match(await faultOf(sourceOf(','.repeat(most), 2 ** 18)), message);
});

t.test('rows behind a long one come in portions, too', async (t) => {
  const count = 2 ** 20;
  const source = sourceOf(`class\n"${'x'.repeat(8 * count)}"\n${'y\n'.repeat(3 * count)}`, 2 ** 18);
  let rows = 0;
  for await (const portion of readCsv(source, { columns: { features: [] } })) {
    t.ok(portion.places.length <= count);
    rows += portion.places.length;
    t.equal(portion.places[portion.places.length - 1], rows + 1);
  }
  t.equal(rows, 1 + 3 * count);
});

t.test('a table in one chunk, or of rows that end where chunks do', async (t) => {
  const line = '1234567.25,abcd\n';
  const count = 40_000;
  const rows = `value,class\n${line.repeat(count)}`;
  for (const size of [rows.length, 2 ** 16, 12 + line.length]) {
    const { rows: found, places } = await collect(sourceOf(rows, size));
    t.equal(found.length, count);
    t.ok(found.every(([value]) => value === 1234567.25));
    t.equal(places[count - 1], count + 1);
  }
});

const cell = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom('a', '1', ' ', '"', ',', ';', '\n', '\r', 'é', '😀', '\ufeff'),
      maxLength: 6,
    }),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  )
  .filter((text) => text.trim() !== '' && !text.includes('\0'));

const tables = fc.record({
  width: fc.integer({ min: 1, max: 4 }),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  delimiter: fc.constantFrom(',', ';', '\t'),
  chunk: fc.integer({ min: 1, max: 40 }),
  rows: fc.array(
    fc.record({
      values: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 4, maxLength: 4 }),
      label: cell,
      blanks: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

/** Number of lines of a text after its first. */
const breaksIn = (text: string) => text.split(/\r\n?|\n/).length - 1;

t.test('tables that Papa writes are read back, whatever their quotes, line ends and chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      tables,
      fc.infiniteStream(fc.boolean()),
      async ({ width, end, delimiter, chunk, rows }, quotes) => {
        let text = '';
        const places: number[] = [];
        for (const { values, label, blanks } of rows) {
          text += end.repeat(blanks);
          places.push(breaksIn(text) + 1);
          const cells = [...values.slice(0, width).map(String), label];
          text += Papa.unparse([cells], {
            delimiter,
            newline: end,
            quotes: cells.map((written) => /[\r\n";,\t\ufeff]/.test(written) || quotes.next().value === true),
          });
          text += end;
        }
        const { value: isEnded } = quotes.next();
        const read = await collect(sourceOf(isEnded ? text : text.slice(0, -end.length), chunk), {
          delimiter,
          header: false,
        });
        deepStrictEqual(
          { rows: read.rows, labels: read.labels, places: read.places },
          {
            rows: rows.map(({ values }) => values.slice(0, width).map((value) => value + 0)),
            labels: rows.map(({ label }) => label),
            places,
          },
        );
      },
    ),
    { numRuns: 300 },
  );
});

t.test('no bytes at all end in anything but a table or a TableError', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .string({ unit: fc.constantFrom('1', ',', '"', '\n', '\r', ' ', 'x', 'é'), maxLength: 40 })
      .map((text) => new TextEncoder().encode(text)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (content, size, header) => {
      const options = { header, columns: { label: null } };
      const whole = await outcomeOf(sourceOf(content, 1000), options);
      deepStrictEqual(await outcomeOf(sourceOf(content, size), options), whole);
    }),
    { numRuns: 300 },
  );
});

/** The table or the message: neither depends on the size of the chunks. */
async function outcomeOf(source: Source, options: Partial<ReadOptions>) {
  try {
    return await collect(source, options);
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
}
