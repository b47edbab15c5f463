import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { readTableFrom } from '../../../src/data/read-table.js';
import { loadScanner } from '../../../src/data/readers/scanner.js';
import { openStored } from '../../../src/data/source.js';
import { type RandomAccess, type ScannedCells, TableError } from '../../../src/data/table.js';
import type { DatasetOptionsOf } from '../../../src/data/table-options.js';
import { inParts } from '../in-parts.js';

const encoder = new TextEncoder();
const TAB = 9;
const POINT = 46;

/** The numbers that the scanner reads of these cells, NaN for those that it leaves to JavaScript. */
async function numbersOf(cells: readonly string[]): Promise<ScannedCells['numbers']> {
  const scanner = await loadScanner({ delimiter: TAB, width: 2, point: POINT });
  scanner.append(encoder.encode(cells.map((cell) => `${cell}\tx\n`).join('')));
  if (scanner.split(0).rows !== cells.length) throw new Error('found other rows');
  return scanner.cells(Int32Array.of(0)).numbers.slice();
}

/** Those of the cells that the scanner reads as another number than JavaScript. */
async function wrongOf(cells: readonly string[]): Promise<string[]> {
  const numbers = await numbersOf(cells);
  return cells.filter((cell, row) => !Number.isNaN(numbers[row]) && !Object.is(numbers[row], Number(cell)));
}

/** Numbers about whose rounding programs were wrong, from the tests of Go, of David Gay's strtod, and of RapidJSON. */
const hard = [
  '1e23',
  '8.5e22',
  '1e-23',
  '100000000000000016777215',
  '100000000000000016777216',
  '-1e-100',
  '1e-200',
  '1e300',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '9007199254740994',
  '9007199254740995',
  '9007199254740992.5',
  '9007199254740993.0000000001',
  '9007199254740992999',
  '18014398509481986',
  '36028797018963970',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '1.7976931348623157e308',
  '1.7976931348623158e308',
  '1.7976931348623159e308',
  '1.797693134862315708e308',
  '1e308',
  '2e308',
  '1e309',
  '1e400',
  '1e-400',
  '1e9999',
  '1e-9999',
  '0e500',
  '-0e-500',
  '0.000e999',
  '2.2250738585072011e-308',
  '2.2250738585072012e-308',
  '2.2250738585072014e-308',
  '2.225073858507201e-308',
  '4.9406564584124654e-324',
  '4.9e-324',
  '2.4703282292062327e-324',
  '2.4703282292062328e-324',
  '5e-324',
  '1e-323',
  '1.00000000000000011102230246251565404236316680908203125',
  '1.00000000000000011102230246251565404236316680908203124',
  '1.0000000000000001110',
  '1.000000000000000111',
  '1.0000000000000002',
  '0.9999999999999999',
  '6.631236846766476e-316',
  '3.2378839133029012895883524125015321748630094e-319',
  '6.8985865317742005e-320',
  '2.2222222222222222222',
  '1.3830918821e17',
  '69e267',
  '999e-026',
  '7861e-034',
  '75569e-254',
  '928609e-261',
  '9210917e080',
  '84863171e114',
  '653777767e273',
  '5232604057e-298',
  '27235667517e-109',
  '653532977297e-123',
  '3142213164987e-294',
  '46202199371337e-072',
  '231010996856685e-073',
  '9324754620109615e212',
  '78459735791271921e049',
  '272104041512242479e200',
  '6802601037806061975e198',
  '20505426358836677347e-221',
  '836168422905420598437e-234',
  '4891559871276714924261e222',
  '5e-20',
  '67e14',
  '985e15',
  '55895e-16',
  '7038531e-32',
  '3.518437208883201171875e13',
  '62.5364939768271845828',
  '8.10109172351e-10',
  '1.50000000000000011102230246251565',
  '9007199254740991.4999999999999999999999999999999995',
  '30078505129381147446200',
  '1777820000000000000001',
  '0.500000000000000166533453693773481063544750213623046875',
  '3.518437208883201171875e13',
  '5708990770823839207320493820740630171355185152',
  '0.3000000000000000166533453693773481063544750213623046875',
  '123456789012345678901234567890',
  '10000000000000000000',
  '9999999999999999999',
  '99999999999999999999',
  '0.00000000000000000000123456789',
  '00000000000000000000001.5',
  '0.000000000000000000000000000000000000000000000001',
];

t.test('numbers that are hard to round are those of JavaScript', async (t) => {
  const signed = hard.flatMap((cell) => [cell, `-${cell}`, `+${cell}`]);
  t.strictSame(await wrongOf(signed), []);
});

t.test('what people write is read without JavaScript', async (t) => {
  const cells = [
    '0',
    '-0',
    '7',
    '12345678',
    '123456789',
    '-1.5',
    '.5',
    '5.',
    '1e5',
    '1.5E-7',
    ' 1.25 ',
    '"3"',
    '0.1',
    '2.718281828459045235',
    '0.3455841839313507',
    '-1.3031572103500366',
    '1e23',
    '3.4028234663852886e38',
    '1.401298464324817e-45',
    '3.4e38',
    '1e-45',
    '9007199254740993',
  ];
  const numbers = await numbersOf(cells);
  t.strictSame(
    Array.from(numbers),
    cells.map((cell) => Number(cell.replaceAll('"', ''))),
  );
});

t.test('what is no number, or not plainly one', async (t) => {
  const cells = [
    '',
    ' ',
    '-',
    '+',
    '.',
    '-.',
    'e5',
    '1e',
    '1e+',
    '1e5.',
    '--1',
    '1-',
    '1.2.3',
    '1,5',
    '0x1F',
    '1_000',
    'NaN',
    'Infinity',
    '""',
    '"',
    '1 2',
    '1\u00a0',
    '12345678a',
    'a12345678',
    '1234567:',
    '1/',
    '1.2345678/',
    '1e1e1',
    '½',
  ];
  const numbers = await numbersOf(cells.filter((cell) => cell !== '"'));
  t.ok(numbers.every(Number.isNaN), numbers.join());
});

/** A float64 of any bits, and decimal numbers exactly between two of them, or nearly. */
const float = fc.double({ noNaN: true, noDefaultInfinity: true });
const written = fc.oneof(
  float.map(String),
  fc.tuple(float, fc.integer({ min: 1, max: 25 })).map(([value, digits]) => value.toPrecision(digits)),
  fc.tuple(float, fc.integer({ min: 0, max: 25 })).map(([value, digits]) => value.toExponential(digits)),
  fc
    .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 25 }))
    .map(([value, digits]) => value.toFixed(digits)),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.integer({ min: -400, max: 400 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
  // Whole numbers half way between two floats.
  fc
    .tuple(
      fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n }),
      fc.integer({ min: 1, max: 11 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([mantissa, bits, more]) => String((2n * mantissa + 1n) * 2n ** BigInt(bits - 1) + BigInt(more))),
  // Binary fractions half way between two floats, in decimals.
  fc
    .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n }), fc.integer({ min: 1, max: 4 }))
    .map(([mantissa, bits]) => `${(2n * mantissa + 1n) * 5n ** BigInt(bits)}e-${bits}`),
);

t.test('whole numbers of a byte, and what is nearly one', async (t) => {
  const scanner = await loadScanner({ delimiter: TAB, width: 2, point: POINT });
  const numberIn = (cell: string) => {
    scanner.drop(scanner.text.length);
    scanner.append(encoder.encode(`${cell}\tx\n`));
    if (scanner.split(0).rows !== 1) throw new Error(`found no row in ${cell}`);
    return scanner.cells(Int32Array.of(0)).numbers;
  };
  const digits = Array.from({ length: 10_000 }, (_, value) =>
    [1, 2, 3, 4].map((size) => `${value}`.padStart(size, '0')),
  );
  const signs = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
    (sign) => sign !== '"',
  );
  const others = signs.flatMap((sign) => [
    sign,
    `${sign}7`,
    `7${sign}`,
    `4${sign}2`,
    `00${sign}0`,
    `123${sign}`,
  ]);
  const wrong = ['', ' ', '00007', '٣', ...others, ...new Set(digits.flat())].filter((cell) => {
    const numbers = numberIn(cell);
    const [found] = numbers;
    const isByte = cell.trim() !== '' && Object.is(Number(cell) & 255, Number(cell));
    return (
      numbers instanceof Uint8Array !== isByte || !(Number.isNaN(found) || Object.is(found, Number(cell)))
    );
  });
  t.strictSame(wrong, []);
  const rows = fc.array(
    fc.oneof({ weight: 50, arbitrary: fc.integer({ min: 0, max: 255 }) }, fc.integer({ min: 256, max: 1e6 })),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  await fc.assert(
    fc.asyncProperty(rows, async (numbers) => {
      const found = await numbersOf(numbers.map(String));
      deepStrictEqual(Array.from(found), numbers);
      return found instanceof Uint8Array === numbers.every((number) => number <= 255);
    }),
  );
});

t.test('random numbers are those of JavaScript', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 200, maxLength: 400 }), async (cells) => {
      const wrong = await wrongOf(cells);
      if (wrong.length > 0) throw new Error(wrong.join(' '));
    }),
    { numRuns: 50 },
  );
  t.pass();
});

/** What reading a table gives: a dataset, or the message of an error. */
async function outcomeOf(
  bytes: Uint8Array,
  options: DatasetOptionsOf<string>,
  size = bytes.length || 1,
  random?: RandomAccess,
) {
  const open = () =>
    openStored(
      {
        name: 'a.csv',
        bytes: (async function* () {
          for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
        })(),
        ...(random && { random }),
      },
      () => {
        throw new Error('found gzip');
      },
    );
  try {
    return await readTableFrom(open, 'a.csv', { format: 'csv', places: true, ...options });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    // Faults of roles stand before those of features, portion by portion; so ten of many may be others.
    const faults = error.message.split('\n').sort();
    return faults.length < 10 ? faults : ['many'];
  }
}

/** The text in UTF-16, which no scanner reads. */
function utf16(text: string): Uint8Array {
  return new Uint8Array(
    Uint16Array.from(`\ufeff${text.replace(/^\ufeff/, '')}`, (unit) => unit.charCodeAt(0)).buffer,
  );
}

/** The cells of a column, by its kind. */
const cell = {
  number: fc.oneof(
    { weight: 1, arbitrary: written },
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 9 }).map(String) },
    { weight: 20, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }).map(String) },
  ),
  gap: fc.constantFrom('', 'NA', '?', ' ', '-999', '7'),
  text: fc.constantFrom(
    'red',
    'green',
    ' blue ',
    'déjà',
    '日本',
    '007',
    '7',
    'true',
    '"quoted"',
    '"a,b"',
    '"a""b"',
    '"two\nlines"',
    ' "x"',
    '5"',
  ),
  date: fc.constantFrom('2026-01-31', '2026-02-01', '2026-02-01T12:00:00Z'),
  id: fc.integer({ min: 1_600_000_000, max: 1_600_001_000 }).map(String),
  odd: fc.oneof(
    fc.string(),
    fc.constantFrom('"', '""', '"a"b', '\r', 'a\rb', '1e999', '1e39', '\u00a01', '\ufeff'),
  ),
};

function column(kind: fc.Arbitrary<string>, odd: number): fc.Arbitrary<string>[] {
  return [fc.oneof({ weight: 1000 - odd, arbitrary: kind }, { weight: odd, arbitrary: cell.odd })];
}

const table = fc
  .record({
    kinds: fc.array(fc.constantFrom('number', 'gaps', 'text', 'date', 'id', 'constant'), {
      minLength: 1,
      maxLength: 6,
    }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    odd: fc.constantFrom(0, 0, 1, 20),
    hasNames: fc.boolean(),
    mark: fc.constantFrom('', '\ufeff'),
    short: fc.constantFrom(0, 0, 0, 1),
    rows: fc.integer({ min: 1, max: 60 }),
  })
  .chain(({ kinds, delimiter, end, odd, hasNames, mark, short, rows }) => {
    const cells = kinds.flatMap((kind) => {
      if (kind === 'gaps')
        return column(
          fc.oneof({ weight: 9, arbitrary: cell.number }, { weight: 1, arbitrary: cell.gap }),
          odd,
        );
      if (kind === 'constant') return column(fc.constant('5'), odd);
      return column(
        kind === 'text' ? cell.text : kind === 'date' ? cell.date : kind === 'id' ? cell.id : cell.number,
        odd,
      );
    });
    const row = fc.tuple(...cells, fc.constantFrom('a', 'b', 'b', '"c"'), fc.integer({ min: 0, max: 99 }));
    return fc.array(row, { minLength: rows, maxLength: rows }).map((all) => {
      const lines = all.map((found) => {
        const chance = Number(found[found.length - 1]);
        const line = found.slice(0, -1).join(delimiter);
        if (short && chance === 0) return line.slice(line.indexOf(delimiter) + 1);
        return chance === 1 ? `${line}${end}` : line;
      });
      const names = kinds.map((kind, index) => `${kind}${index}`).concat('class');
      return (
        mark + [...(hasNames ? [names.join(delimiter)] : []), ...lines].join(end) + (rows % 2 ? end : '')
      );
    });
  });

const options = fc.constantFrom<DatasetOptionsOf<string>>(
  {},
  {},
  {},
  { onMissing: 'drop' },
  { onMissing: 'refuse' },
  { missing: ['-999', '7'] },
  { strict: true },
  { category: ['1'] },
  { header: true },
  { header: false },
  { weight: '1' },
  { group: '1' },
  { time: '1' },
  { drop: ['1'] },
  { label: '1' },
  { decimal: ',' },
  { thousands: ',' },
);

t.test('tables and messages are those of the reader of texts, whatever the pieces', async (t) => {
  const counts = { tables: 0, messages: 0 };
  await fc.assert(
    fc.asyncProperty(table, options, fc.integer({ min: 1, max: 200 }), async (text, options, size) => {
      const units = utf16(text);
      const expected = await outcomeOf(units, options);
      counts[Array.isArray(expected) ? 'messages' : 'tables']++;
      const bytes = encoder.encode(text);
      for (const pieces of [undefined, size]) {
        const found = await outcomeOf(bytes, options, pieces);
        deepStrictEqual(found, expected);
      }
      const parts = inParts(bytes, 1 + (size % 50));
      deepStrictEqual(await outcomeOf(bytes, options, undefined, parts), expected);
    }),
    { numRuns: 200 },
  );
  t.ok(counts.tables > 50 && counts.messages > 50, JSON.stringify(counts));
});

t.test('a fault in the first row is told, not that of a column which is not there', async (t) => {
  const text = 'a,b\n"1"1,2\n3,4\n5,6\n';
  const options = { label: 'c' };
  const expected = await outcomeOf(utf16(text), options);
  t.match(expected, ['a.csv, line 2: found "1" after a closing quote, expected "," or the end of the line']);
  t.strictSame(
    await outcomeOf(encoder.encode(text), options, undefined, inParts(encoder.encode(text), 2)),
    expected,
  );
});
