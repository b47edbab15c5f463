import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import Papa from 'papaparse';
import t from 'tap';
import { readCsv, readTsv } from '../../../src/data/readers/delimited.js';
import {
  type Cell,
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

/** The cells of the features, as they are written, and all else that portions have. */
async function collect(source: Source, options: Partial<ReadOptions> = {}, read: ReadPortions = readCsv) {
  const rows: Cell[][] = [];
  const labels: string[] = [];
  const places: number[] = [];
  let names: readonly string[] | undefined;
  for await (const portion of read(source, { columns: {}, ...options })) {
    if (!('cells' in portion.features)) throw new Error('expected cells');
    const { cells, at } = portion.features;
    for (const row of cells) rows.push(Array.from(at, (index) => row[index]));
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

t.test('cells as they are written, labels, names and lines', async (t) => {
  t.strictSame(await collect(sourceOf('a,b,class\n1,2.5,x\n-3e2, .5 , y \n')), {
    rows: [
      ['1', '2.5'],
      ['-3e2', ' .5 '],
    ],
    labels: ['x', 'y'],
    places: [2, 3],
    names: ['a', 'b'],
  });
});

t.test('tabs in a TSV, any one character where it is told', async (t) => {
  const expected = { rows: [['1', '2']], labels: ['a,b'], places: [2], names: ['x', 'y'] };
  t.strictSame(await collect(sourceOf('x\ty\tz\n1\t2\ta,b\n'), {}, readTsv), expected);
  for (const delimiter of [';', '|', ' ', '\t', '😀']) {
    const text = 'x;y;z\n1;2;"a,b"\n'.replaceAll(';', delimiter);
    t.strictSame(await collect(sourceOf(text), { delimiter }), expected, delimiter);
    t.strictSame(await collect(sourceOf(text), { delimiter }, readTsv), expected, delimiter);
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
          t.strictSame(
            await collect(sourceOf(text, size)),
            { rows: [['1'], ['2'], ['3']], labels: ['x', `y${end}z`, 'w'], places: [3, 6, 8], names: ['ä'] },
            JSON.stringify({ text, size }),
          );
        }
      }
    }
  }
  t.same((await collect(sourceOf('a,b\n1,x\r2,y\r\n3,z\r\r4,w'))).places, [2, 3, 4, 6], 'mixed');
});

t.test('quotes within cells', async (t) => {
  const text = 'a,class\n"1","""x"", y"\n2,5" disk\n"3" , \t"z" \n4,""""\n';
  t.strictSame((await collect(sourceOf(text, 1))).labels, ['"x", y', '5" disk', 'z', '"']);
  const tabs = 'a\tclass\n1\t"x"\n2\t "y\t"\t\n';
  t.equal(await faultOf(tabs, { delimiter: '\t' }), 'a.csv, line 3: found 3 cells, expected 2, as in line 1');
});

t.test('columns are called by their places where they have no names', async (t) => {
  t.same(await collect(sourceOf('1,2,x\n3,4,y\n'), { header: false, columns: { drop: ['1'] } }), {
    rows: [['2'], ['4']],
    labels: ['x', 'y'],
    places: [1, 2],
    names: ['column_2'],
  });
  // As pandas writes a table with its index.
  t.same((await collect(sourceOf(',a,class\n0,5,x\n1,6,y\n'))).names, ['column_1', 'a']);
  t.same((await collect(sourceOf(' a,"b""c",class\n0,5,x\n'))).names, ['a', 'b"c']);
});

/** The names of a table whose first line has them; undefined if it is data. */
async function namesOf(
  text: string,
  options: Partial<ReadOptions> = {},
): Promise<readonly string[] | undefined> {
  for await (const { features } of readCsv(sourceOf(text, 2 ** 16), {
    columns: { label: null },
    ...options,
  })) {
    return 'cells' in features ? features.names : undefined;
  }
  return undefined;
}

t.test('a first line of numbers is data, unless it counts', async (t) => {
  const data = [
    '5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n',
    '5.1,3.5,1.4,0.2\n4.9,3,1.4,0.2\n',
    '5,0,0,0,12\n1,2,3,4,5\n',
    '7\n2\n',
    '0,2,1,x\n4,5,6,y\n',
    'id,5.5,6.5,x\nb,5,6,y\n',
    '\n\n5.1,x\n3,y\n',
    '5.0,3.0,3.0,setosa\n1,2,3,x\n',
    // Numbers that count, above a class that others have too.
    '0,1,x\n5,6,y\n7,8,x\n',
    '0\n1\n0\n',
  ];
  for (const text of data) {
    t.equal(await namesOf(text), undefined, text);
    const first = text.trim().split('\n')[0].split(',');
    t.ok(await namesOf(text, { header: true }), text);
    t.same((await collect(sourceOf(text), { columns: { label: null } })).rows[0], first, text);
  }
  const named = [
    '0,1,2,3\n5,6,7,8\n',
    '1,2,3,class\n5,6,7,x\n',
    'class,0,1,2\nx,6,7,8\n',
    ',class,0,1,2\n0,x,6,7,8\n',
    'x,2,3,class\n5,6,7,8\n',
    '0\n7\n',
  ];
  for (const text of named) {
    const first = text.split('\n')[0].split(',');
    t.same(await namesOf(text), [first[0] || 'column_1', ...first.slice(1)], text);
    t.equal(await namesOf(text, { header: false }), undefined, text);
  }
  t.same((await collect(sourceOf('2.5,7,class\n1,2,x\n'), { header: true })).names, ['2.5', '7'], 'told');
});

t.test('a first line of texts is data if each is found again in its column', async (t) => {
  t.equal(await namesOf('p,x,"s, t"\ne,x,y\np,y,"s, t"\n'), undefined);
  t.same(await namesOf('p,x,s\ne,x,y\np,y,x\n'), ['p', 'x', 's'], 'in its own column');
  t.match(await faultOf('p,x,s\n'), /has a line of names, but no rows/, 'nothing is below');
  // It may be far below, but not behind a million characters.
  const rows = (count: number) => `p,x\np,y\n${'e,y\n'.repeat(count)}p,x\n`;
  t.equal(await namesOf(rows(250_000)), undefined);
  t.same(await namesOf(rows(300_000)), ['p', 'x']);
});

t.test('only the columns that were chosen are numbers', async (t) => {
  const text = 'id,a,note,b,class\nq1,1,"x, y",2,u\nq2,3,,4,v\n';
  const columns = { drop: ['id', 'note'] };
  t.strictSame((await collect(sourceOf(text), { columns })).rows, [
    ['1', '2'],
    ['3', '4'],
  ]);
  const wanted = { features: ['b', 'a'], label: null };
  t.strictSame(await collect(sourceOf(text), { columns: wanted }), {
    rows: [
      ['2', '1'],
      ['4', '3'],
    ],
    labels: [],
    places: [2, 3],
    names: ['b', 'a'],
  });
  const labels = await collect(sourceOf(text), { columns: { features: [], label: 'id' } });
  t.same(labels, { rows: [[], []], labels: ['q1', 'q2'], places: [2, 3], names: [] });
});

t.test('labels without blanks around them, empty where they are missing', async (t) => {
  const { labels } = await collect(sourceOf('a,class\n1, x \n2,007\n3,"NA"\n4,\n5, \n6,""\n7," "\n'));
  t.same(labels, ['x', '007', 'NA', '', '', '', '']);
});

t.test('rows of another length', async (t) => {
  t.equal(await faultOf('a,b,c\n1,2,x\n1,2\n'), 'a.csv, line 3: found 2 cells, expected 3, as in line 1');
  t.equal(await faultOf('\na,b,c\n1,2,3,x\n'), 'a.csv, line 3: found 4 cells, expected 3, as in line 2');
  t.equal(
    await faultOf('1,2,"x\ny"\n1\n', { header: false }),
    'a.csv, line 3: found 1 cell, expected 3, as in line 1',
  );
  t.equal(await faultOf('a,b\n1,x\n""\n2,y\n'), 'a.csv, line 3: found 1 cell, expected 2, as in line 1');
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
  t.match(await faultOf('a;b\n1;x\n', { delimiter: ',' }), /^a\.csv: found a single column.*--delimiter/);
});

const latin1 = (content: string) => Uint8Array.from(Buffer.from(content, 'latin1'));

function utf16(content: string): { readonly little: Uint8Array; readonly big: Uint8Array } {
  const little = Uint8Array.from(Buffer.from(content, 'utf16le'));
  return { little, big: little.map((_, index) => little[index ^ 1]) };
}

t.test('UTF-16 with a byte order mark, and any encoding that is told', async (t) => {
  const text = 'a\tclass\r\n1\té😀\r\n';
  const expected = { rows: [['1']], labels: ['é😀'], places: [2], names: ['a'] };
  const { little, big } = utf16(text);
  for (const size of [1, 2, 3, 5, 1000]) {
    for (const marked of [
      [0xff, 0xfe, ...little],
      [0xfe, 0xff, ...big],
    ]) {
      t.strictSame(await collect(sourceOf(Uint8Array.from(marked), size)), expected);
    }
    t.strictSame(await collect(sourceOf(little, size), { encoding: 'utf-16le' }), expected);
    t.strictSame(await collect(sourceOf(big, size), { encoding: 'UTF-16BE' }), expected);
    t.strictSame(await collect(sourceOf(text, size), { encoding: 'utf8' }), expected);
    const western = await collect(sourceOf(latin1('a,class\n1,a\x92s \x80\n'), size), {
      encoding: 'windows-1252',
    });
    t.strictSame(western.labels, ['a’s €']);
    const japanese = Uint8Array.of(...latin1('a,class\n1,'), 0x93, 0xfa, 0x96, 0x7b, 10);
    t.strictSame((await collect(sourceOf(japanese, size), { encoding: 'shift_jis' })).labels, ['日本']);
  }
});

t.test('an encoding that is none, or another', async (t) => {
  t.match(
    await faultOf('a,b\n1,x\n', { encoding: 'cp-1252' }),
    /^a\.csv: there is no encoding "cp-1252", given by --encoding: expected .* such as windows-1252/,
  );
  for (const size of [1, 2, 3, 1000]) {
    t.equal(
      await faultOf(sourceOf(Uint8Array.of(...latin1('a,b\n1,x\n2,\n'), 0x81, 0xff), size), {
        encoding: 'shift_jis',
      }),
      'a.csv, line 4: found bytes that are not valid shift_jis: give another --encoding',
    );
    t.equal(
      await faultOf(sourceOf(Uint8Array.of(...utf16('a,b\n1,x\n').little, 65), size), {
        encoding: 'utf-16le',
      }),
      'a.csv, line 3: found bytes that are not valid utf-16le: give another --encoding',
    );
    t.match(
      await faultOf(sourceOf(latin1('a,b\n1,\0'), size), { encoding: 'latin1' }),
      /^a\.csv, line 2: found a NUL/,
    );
  }
});

t.test('what is no text in UTF-8', async (t) => {
  const { little, big } = utf16('a,b\n1,x\n');
  t.equal(
    await faultOf(little),
    'a.csv: is UTF-16 without a byte order mark, expected UTF-8: give --encoding utf-16le',
  );
  t.match(await faultOf(big), /without a byte order mark, .* --encoding utf-16be$/);
  const remedy = ': give its --encoding, such as windows-1252';
  const cases: [Uint8Array, string][] = [
    [
      latin1('a,b\r\n1,caf\xe9\r\n'),
      `line 2: found the byte 0xE9, which is not valid UTF-8, expected text in UTF-8${remedy}`,
    ],
    [
      latin1('a,b\n1,x\n2,\xc3'),
      `line 3: found the byte 0xC3, which is not valid UTF-8, expected text in UTF-8${remedy}`,
    ],
    [
      latin1('a,b\n1,\xc3\xa4\x80'),
      `line 2: found the byte 0x80, which is not valid UTF-8, expected text in UTF-8${remedy}`,
    ],
    [
      latin1('\x89PNG\r\n\x1a\n\0'),
      `line 1: found the byte 0x89, which is not valid UTF-8, expected text in UTF-8${remedy}`,
    ],
    [latin1('PK\x03\x04\x14\0\0\0'), 'line 1: found a NUL character, expected text'],
    [latin1('a,b\n1,x\n2,\0\n'), 'line 3: found a NUL character, expected text'],
    [latin1('a,b\n1,"x\ny\r\0'), 'line 4: found a NUL character, expected text'],
    [
      latin1('PAR1\x15\x04\x15\xf0'),
      `line 1: found the byte 0xF0, which is not valid UTF-8, expected text in UTF-8${remedy}`,
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
  t.equal(labels[0].length, 8 * MEBIBYTE - 1);
  t.equal(labels[1], 'y');

  const width = 100_000;
  const names = Array.from({ length: width }, (_, index) => `f${index}`);
  const row = names.map((_, index) => index % 17);
  const table = [names, row, row, row].map((cells) => cells.join(',')).join('\n');
  const { rows, labels: classes } = await collect(sourceOf(table, 2 ** 16));
  t.same(classes, [`${row[width - 1]}`, `${row[width - 1]}`, `${row[width - 1]}`]);
  t.same(rows[2], row.slice(0, -1).map(String));
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
    t.ok(found.every(([value]) => value === '1234567.25'));
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
            rows: rows.map(({ values }) => values.slice(0, width).map(String)),
            labels: rows.map(({ label }) => label.trim()),
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
