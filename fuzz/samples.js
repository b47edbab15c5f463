/** Small valid tables of every format, and pictures, from which the inputs are made. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import canvas from 'canvas';
import { PNG } from 'pngjs';
import { codecs } from './load.js';

const fixtures = fileURLToPath(new URL('../test/fixtures/', import.meta.url));

/** Most samples of a format where its name is not told. */
const MOST_OF_A_FORMAT = 16;

/** @returns {Record<string, Buffer[]>} */
export function loadSamples() {
  const arrays = JSON.parse(readFileSync(`${fixtures}arrays.json`, 'utf8'));
  const decode = (/** @type {string} */ base64) => Buffer.from(base64, 'base64');
  const tables = ['iris', 'wine'].map((name) => readFileSync(`${fixtures}tables/${name}.csv`, 'utf8'));
  const csv = [
    ...tables.map((table) => everyFew(table.split('\n')).join('\n')),
    'a,b,class\r\n1,2,x\r\n-3.5,4e2,"y"\r\n',
    'a,"b ""quoted""","c\nd"\n1,2,"ä ö\n"\n\n3, 4 ,€😀',
    '\ufeffa;b;c\n1;2;3\n',
    '1,2,0\n3,4,1\n',
    ...texts(),
  ];
  const arff = [
    "% irises\n@RELATION iris\n@attribute 'a b' REAL\n@attribute b {x,'y z',\"w\"}\n@attribute d date\n@attribute s string\n@data\n" +
      "1.5, x, 2020-01-31, 'it\\'s'\n?,'y z',?,?\n% more\n{0 1e3, 1 w}\n{}\n",
    '@relation r\r\n@attribute a{1,2}\r\n@attribute class INTEGER [0, 9]\r\n@data\r\n1 2\r\n2\t3\r\n',
  ];
  const numbers = [7, 30].map((rows) =>
    Array.from(
      { length: rows },
      (_, row) => `${row / 7},${row % 3},${1e-5 * row},"${row}",${'ab'[row % 2]}\n`,
    ).join(''),
  );
  const samples = {
    scanned: [...csv, ...numbers].map((text) => Buffer.from(text)),
    csv: csv.map((text) => Buffer.from(text)),
    tsv: csv.map((text) => Buffer.from(text.replaceAll(',', '\t'))),
    sparse: [...filesOf('libsvm', '.libsvm'), ...sparse().map((text) => Buffer.from(text))],
    libsvm: filesOf('libsvm', '.libsvm'),
    idx: [
      Buffer.from('000008030000000300000002000000020102030405060708090a0bff', 'hex'),
      Buffer.from('0000080100000003050004', 'hex'),
      Buffer.from('00000d02000000020000000240490fdb3f8000003f000000c0000000', 'hex'),
      Buffer.from('00000c020000000200000003000000010000000200000003fffffffe0000000500000006', 'hex'),
    ],
    npy: arrays.arrays.map((/** @type {{ npy: string }} */ { npy }) => decode(npy)),
    npz: Object.values(arrays.archives).map((archive) => decode(String(archive))),
    parquet: filesOf('parquet', '.parquet').filter((bytes) => bytes.length < 8192),
    arrow: filesOf('arrow', '.arrow').filter((bytes) => bytes.length < 16_384),
    arff: arff.map((text) => Buffer.from(text)),
    jsonl: [
      '{"a":1,"b":"x","class":"y"}\n{"a":null,"b":"z","class":"w"}\n',
      '{"a":true,"class":"\\u00e9\\"{"}\r\n\r\n{"class":1,"a":NaN,"c":[1,{}]}',
    ].map((text) => Buffer.from(text)),
    json: [
      [
        { a: 1.5, b: 'x, "y"', c: null, class: true },
        { a: -2e3, class: false, d: 'é' },
      ],
      [
        ['a', 'b', 'class'],
        [1, 'x', 'y'],
        [2, 'z', 'w'],
      ],
      {
        columns: ['a', 'class'],
        index: [0, 1],
        data: [
          [1, 'x'],
          [2, 'y'],
        ],
      },
      { a: { 0: 1, 1: 2 }, class: { 0: 'x', 1: 'y' } },
      { a: [1, 2, 3], class: ['x', 'y', null] },
    ].map((table) => Buffer.from(JSON.stringify(table))),
    page: pages(),
    picture: pictures(),
  };
  const { page, picture, ...ofTables } = samples;
  // Of these nobody says what they are. There are hundreds of NPYs, which differ little.
  const some = Object.values(ofTables).flatMap((all) =>
    all.filter((_, index) => index % Math.ceil(all.length / MOST_OF_A_FORMAT) === 0),
  );
  return { ...samples, any: [...some, ...otherSamples()] };
}

/**
 * Every thirteenth line: tables of scikit-learn have their classes one after another.
 *
 * @param {string[]} lines
 */
function everyFew(lines) {
  return lines.filter((_, index) => index % 13 === 0);
}

/** Rows of sparse text: plain ones, with wide gaps, and with all that a line may have besides. */
function sparse() {
  const rows = (/** @type {(row: number) => string} */ of) =>
    Array.from({ length: 24 }, (_, row) => `${of(row)}\n`).join('');
  return [
    rows((row) => `${row % 3} 1:${row / 7} 2:-${row}e-${row} 4:.5`),
    rows(
      (row) =>
        `${row % 2 ? '+1' : '-1'} ${row}:1 ${row + 254 + (row % 3)}:2.${row} 70000:${row}00000000000000000`,
    ),
    rows((row) => `a${row % 2}\t0:1  3:${row} ${row % 5 ? '' : '# é'}`),
    rows((row) => `${row % 4} qid:${row} 1:${row}`).replaceAll('\n', '\r\n'),
  ];
}

/** Tables with text and gaps, as people have them. */
function texts() {
  const rows = Array.from({ length: 24 }, (_, i) => ({
    id: `${i + 1}`,
    name: `name ${i}`,
    colour: ['red', 'blue', '', 'grün'][(i * 7) % 4],
    size: i % 5 === 1 ? 'NA' : `${(i * 37) % 11}.${i}`,
    day: `2026-01-${`${i + 1}`.padStart(2, '0')}T0${i % 10}:30:00+02:00`,
    open: i % 3 === 0 ? 'True' : 'false',
    time: `${1_700_000_000 + ((i * 31) % 50)}`,
    class: i % 2 === 0 ? 'a' : 'b',
  }));
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  const joined = (/** @type {string} */ delimiter) => lines.map((cells) => cells.join(delimiter)).join('\n');
  return [
    joined(','),
    joined(';').replaceAll(/(\d)\.(\d)/g, '$1,$2'),
    `sep=|\n${joined('|')}\n\n`,
    `# a comment\n# another\n${joined(',')}`.replaceAll('\n', '\r\n'),
    lines.map((cells) => `${cells.join(',')},`).join('\n'),
    'x   y  class\n1.5   2  a\n  3   4 b  \n5 6  a\n7 8 b\n',
    '"x" "y" "class"\n"1" 1 2 "a"\n"2" 3 4 "b"\n"3" 5 6 "a"\n"4" 7 8 "b"\n',
    'price,class\n"1,250.5",a\n"2,000",b\n$3,a\n4%,b\n',
    ',colour,class\n0,red,1\n1,blue,2\n2,red,1\n3,,2\n',
  ];
}

/** What people take for tables, and tables in other encodings. */
function otherSamples() {
  const [csv, semicolons] = texts();
  const utf16 = (/** @type {string} */ text) => Buffer.from(`\ufeff${text}`, 'utf16le');
  return [
    utf16(csv.replaceAll(',', '\t')),
    utf16(semicolons).swap16(),
    Buffer.from('x,class\n1,caf\xe9\n2,th\xe9\n', 'latin1'),
    Buffer.from('<!DOCTYPE html>\n<html><body>Not Found</body></html>'),
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:08d2\nsize 42944\n'),
    Buffer.from('UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbA==', 'base64'),
  ];
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function filesOf(folder, extension) {
  return readdirSync(`${fixtures}${folder}`)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(`${fixtures}${folder}/${name}`));
}

/** Compressed pages of Parquet, as `unpackPage` of `load.js` takes them. */
function pages() {
  const text = Buffer.from('a page, a page, and a page again, as pages are: '.repeat(40));
  const noise = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * i * 7) % 251));
  /** @type {[string, Buffer, number][]} */
  const packed = [
    ['SNAPPY', Buffer.from('2800619a0100', 'hex'), 40],
    ['GZIP', gzipSync(text), text.length],
    ['GZIP', Buffer.concat([gzipSync(text), gzipSync(noise)]), text.length + noise.length],
    ['BROTLI', brotliCompressSync(text), text.length],
    ['BROTLI', brotliCompressSync(Buffer.alloc(2 ** 20)), 2 ** 20],
    ['LZ4', Buffer.from('00000014000000051f61010000', 'hex'), 20],
    ['LZ4_RAW', Buffer.from('1f61010014', 'hex'), 40],
    // Copies without end, of a code that has no bits.
    ['ZSTD', Buffer.from('28b52ffd00584d000000ffffff5400003480', 'hex'), 1000],
    ...zstdFiles(),
  ];
  return packed.map(([codec, bytes, length]) => {
    const head = Buffer.alloc(5);
    head[0] = codecs.indexOf(codec);
    head.writeUInt32LE(length, 1);
    return Buffer.concat([head, bytes]);
  });
}

/** @returns {[string, Buffer, number][]} */
function zstdFiles() {
  const lengths = { words: 138_472, counts: 160_000, noise: 2000 };
  return Object.entries(lengths).map(([name, length]) => [
    'ZSTD',
    readFileSync(`${fixtures}zstd/${name}.zst`),
    length,
  ]);
}

/** A seven, as PNGs of each kind that pngjs writes, and as a JPEG with and without an orientation. */
function pictures() {
  const drawn = canvas.createCanvas(24, 32);
  const context = drawn.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, 24, 32);
  context.lineWidth = 4;
  context.beginPath();
  context.moveTo(5, 6);
  context.lineTo(19, 6);
  context.lineTo(9, 28);
  context.stroke();
  const { data } = context.getImageData(0, 0, 24, 32);
  const image = Object.assign(new PNG(), { width: 24, height: 32, data: Buffer.from(data) });
  /** @type {(0 | 2 | 4 | 6)[]} */
  const colours = [0, 2, 4, 6];
  const pngs = colours.map((colorType) => PNG.sync.write(image, { colorType, inputColorType: 6 }));
  const jpeg = drawn.toBuffer('image/jpeg');
  const exif = Buffer.from(
    'ffe100224578696600004d4d002a000000080001011200030000000100060000000000000000',
    'hex',
  );
  return [...pngs, jpeg, Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])];
}
