import { gzipSync } from 'node:zlib';
import t from 'tap';
import { openFile } from '../../../src/data/blobs.js';
import { findReader } from '../../../src/data/readers/find.js';
import { formats } from '../../../src/data/readers/registry.js';
import { openStored } from '../../../src/data/source.js';
import { TableError } from '../../../src/data/table.js';

/** Bytes from text of one byte a character. */
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** The format of a file, or why it has none. */
async function formatOf(name: string, content: string | Uint8Array): Promise<string> {
  const source = await openFile(
    new File([typeof content === 'string' ? content : Uint8Array.from(content)], name),
  );
  try {
    return findReader(source).format;
  } catch (error) {
    if (error instanceof TableError) return error.fault;
    throw error;
  } finally {
    await source.close();
  }
}

const csv = 'a,b,class\n1,2,x\n';
const libsvm = '+1 1:0.5 3:-2e-3\n-1 2:1\n';

t.test('a name tells a format', async (t) => {
  const named = {
    'a.csv': 'csv',
    'a.TSV': 'tsv',
    'a.tab.gz': 'tsv',
    'a.svm': 'libsvm',
    'a.parquet': 'parquet',
  };
  for (const [name, format] of Object.entries(named)) t.equal(await formatOf(name, csv), format, name);
  t.equal(await formatOf('a.csv', ''), 'csv', 'an empty file');
});

t.test('text of any other name is a table with delimiters', async (t) => {
  for (const name of ['a.data', 'a.txt', 'a', 'a.xls', 'a.names.gz', 'standard input']) {
    t.equal(await formatOf(name, csv), 'csv', name);
  }
  t.equal(await formatOf('a.gz', gzipSync(csv)), 'csv');
  t.equal(await formatOf('a', latin1('a,b\n1,caf\xe9\n')), 'csv', 'its reader names --encoding');
  for (const mark of ['\ufeff', '']) t.equal(await formatOf('a', Buffer.from(mark + csv, 'utf16le')), 'csv');
});

t.test('first bytes win over a name', async (t) => {
  const signed: [string, Uint8Array][] = [
    ['parquet', latin1('PAR1\x15\x04\x15\xf0')],
    ['npy', latin1('\x93NUMPY\x01\0')],
    ['npz', latin1(`PK\x03\x04${'\0'.repeat(22)}\x05\0\0\0X.npy`)],
    ['idx', latin1('\0\0\x08\x03\0\0\0\x01')],
    ['libsvm', latin1(libsvm)],
    ['libsvm', gzipSync(libsvm)],
  ];
  for (const [format, bytes] of signed) {
    for (const name of ['a.csv', 'a', 'a.txt'])
      t.equal(await formatOf(name, bytes), format, `${format} in ${name}`);
  }
  const source = { name: 'a.csv', head: latin1(libsvm) };
  t.equal(findReader(source, 'tsv').format, 'tsv', '--format wins over both');
  t.throws(() => findReader(source, 'xls'), {
    name: 'RangeError',
    message: `there is no format "xls": expected one of ${formats.join(', ')}`,
  });
});

t.test('LIBSVM is told by its first line', async (t) => {
  const lines = [
    '1 1:1',
    '-1 qid:3 1:1 7:.5 # a comment',
    'ham\t1:2.\t3:4e5 ',
    '0:1 2:3',
    '1,2 1:1',
    '# a comment\n\n1 1:1',
    `1 ${Array.from({ length: 20_000 }, (_, index) => `${index}:1`).join(' ')}`,
  ];
  for (const line of lines) t.equal(await formatOf('a', `${line}\n1 1:1\n`), 'libsvm', line.slice(0, 40));
  const others = [
    '1',
    '10:30',
    'time:1 1:a',
    '1 1:1,2:3',
    'a,b 1:1',
    '1 a:1',
    '1 1:',
    'x 1:1 y',
    '1:1,2:2',
    `1 1:${'1'.repeat(60_000)}x`,
  ];
  for (const line of others) t.equal(await formatOf('a', `${line}\n1 1:1\n`), 'csv', line.slice(0, 40));
});

t.test('what is no table is refused with what to do', async (t) => {
  const zip = (name: string) =>
    latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`);
  const refused: [Uint8Array | string, RegExp][] = [
    ['<!DOCTYPE html>\n<html>', /is a web page, not a table.*Download the file itself/],
    ['\ufeff\n  <HTML lang="en">', /is a web page/],
    ['<?xml version="1.0"?><Error/>', /is XML/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', /Git LFS.*git lfs pull/],
    ['404: Not Found', /has only the answer "404: Not Found"/],
    [zip('[Content_Types].xml'), /is a workbook \(\.xlsx\).*export its sheet as CSV/],
    [zip('docProps/app.xml'), /is a workbook \(\.xlsx\)/],
    [zip('mimetype'), /LibreOffice: export/],
    [zip('train.csv'), /is a zip archive, which begins with "train\.csv".*unpack it/],
    [latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'), /workbook \(\.xls\).*export its sheet as CSV/],
    [latin1('%PDF-1.4\n%\xe2\xe3\n1 0 obj\n'), /is a PDF/],
    [latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /is a picture, expected a table/],
    [latin1('\xff\xd8\xff\xe0\0\x10JFIF'), /is a picture/],
    [latin1('\x80\x04\x95\0\0'), /is a pickle of Python/],
    [latin1('\x78\x9c\xed\xbd'), /compressed with zlib, as by joblib/],
    [latin1('\x89HDF\r\n\x1a\n\0'), /is an HDF5 file/],
    [latin1('SQLite format 3\0'), /is an SQLite database/],
    [latin1('RDX3\nX\n\0\0\0'), /is a file of R/],
    [latin1('BZh91AY&SY\0'), /compressed with bzip2/],
    [latin1('\xfd7zXZ\0\0'), /compressed with xz/],
    [latin1(`train.csv${'\0'.repeat(248)}ustar\x0000`), /is an archive \(\.tar\)/],
    [gzipSync(`train.csv${'\0'.repeat(248)}ustar\x0000`), /is an archive \(\.tar\)/],
    [
      latin1('\x01\x02\0\x03'),
      /cannot tell its format from its name or its first bytes: give --format, one of/,
    ],
  ];
  for (const [bytes, message] of refused) t.match(await formatOf('a', bytes), message);
  // Names win over nothing but the last.
  for (const [bytes, message] of refused.slice(0, -1)) t.match(await formatOf('a.csv', bytes), message);
  t.equal(await formatOf('a.csv', latin1('\x01\x02\0\x03')), 'csv');
  for (const text of ['<TICKER>,<DATE>\nA,1\n', 'PK,id\n1,2\n', 'GIF,BZh\n1,2\n', '[a],b\n1,2\n']) {
    t.equal(await formatOf('a', text), 'csv', text);
  }
});

t.test('nobody waits for more than the first line, and all bytes are still read', async (t) => {
  const parts = ['# made by', ' hand\r\n\r\n', 'a,b,cl', 'ass\n', '1,2,x\n'];
  const heads: number[] = [];
  for (const count of [4, 5]) {
    let given = 0;
    async function* bytes() {
      for (; given < count; given++) yield new TextEncoder().encode(parts[given]);
      if (count === 4) await new Promise(() => {});
    }
    const source = await openStored({ name: 'rows', bytes: bytes() }, () => bytes());
    heads.push(source.head.length);
    if (count === 4) continue;
    let text = '';
    for await (const chunk of source.chunks()) text += new TextDecoder().decode(chunk);
    t.equal(text, parts.join(''));
  }
  t.same(heads, [28, 28]);
  // A zip archive may have a line end before its first zero.
  const zip = latin1(`PK\x03\x04\n${'\0'.repeat(21)}\x05\0\0\0X.npy`);
  async function* single() {
    for (const byte of zip) yield Uint8Array.of(byte);
  }
  t.equal(findReader(await openStored({ name: 'a', bytes: single() }, single)).format, 'npz');
});
