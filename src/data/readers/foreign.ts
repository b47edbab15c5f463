/** Files that people give for tables, and what to do with them. */
import { quoted } from '../../text.js';
import { startsWith, textOfHead, zipEntry } from './magic.js';

const picture = 'is a picture, expected a table: digits predict takes pictures of digits';
const pickled =
  "is a pickle of Python, which runs as a program: write its table with pandas, df.to_parquet('table.parquet')";
const packed = 'expected a table or a gzipped one: unpack it';

/** What files are that begin with these bytes. */
const signatures: readonly (readonly [bytes: string, what: string])[] = [
  [
    '%PDF-',
    'is a PDF, expected a table: ask for the table as CSV, or copy it into a spreadsheet and export it',
  ],
  ['\x89PNG\r\n\x1a\n', picture],
  ['\xff\xd8\xff', picture],
  ['GIF87a', picture],
  ['GIF89a', picture],
  [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    'is a workbook (.xls) or another old file of Office: export its sheet as CSV',
  ],
  ['\x80\x02', pickled],
  ['\x80\x03', pickled],
  ['\x80\x04', pickled],
  ['\x80\x05', pickled],
  [
    '\x78\x9c',
    'is compressed with zlib, as by joblib: write its arrays with numpy.savez, or its table as CSV',
  ],
  ['\x89HDF\r\n\x1a\n', 'is an HDF5 file: write its table as CSV or Parquet, or its arrays with numpy.savez'],
  [
    'SQLite format 3\0',
    'is an SQLite database: export a table, sqlite3 -header -csv FILE "select * from NAME"',
  ],
  ['MATLAB 5.0 MAT-file', 'is a MAT-file of MATLAB: write its table with writetable(T, "table.csv")'],
  [
    '<stata_dta>',
    "is a file of Stata: write it with pandas, pd.read_stata(FILE).to_parquet('table.parquet')",
  ],
  ['$FL2@(#)', "is a file of SPSS: write it with pandas, pd.read_spss(FILE).to_parquet('table.parquet')"],
  ['RDX2\n', 'is a file of R: write its table with write.csv(df, "table.csv", row.names = FALSE)'],
  ['RDX3\n', 'is a file of R: write its table with write.csv(df, "table.csv", row.names = FALSE)'],
  ['X\n\0\0', 'is a file of R (.rds): write its table with write.csv(df, "table.csv", row.names = FALSE)'],
  ['BZh91AY&SY', `is compressed with bzip2, ${packed}`],
  ['\xfd7zXZ\0', `is compressed with xz, ${packed}`],
  ['\x28\xb5\x2f\xfd', `is compressed with Zstandard, ${packed}`],
  ['7z\xbc\xaf\x27\x1c', `is an archive (.7z), ${packed}`],
  ['Rar!\x1a\x07', `is an archive (.rar), ${packed}`],
];

const texts: readonly (readonly [beginning: RegExp, what: string])[] = [
  [
    /^\s*<(?:!doctype\s+html|html|head|body)\b/i,
    'is a web page, not a table: was the address that of a page? Download the file itself, which GitHub calls "Raw"',
  ],
  [
    /^\s*<\?xml\b/i,
    'is XML, which may be the answer of a server: expected a table; open the file to see what it is',
  ],
  [
    /^version https:\/\/git-lfs\.github\.com\//,
    'is a pointer of Git LFS to the table, not the table: run git lfs pull',
  ],
  [
    /^\s*404: not found\s*$/i,
    'has only the answer "404: Not Found": download the file again, from its right address',
  ],
];

/** What a file is and what to do with it, if its first bytes are those of something that is no table; for a message. */
export function foreignFault(head: Uint8Array): string | undefined {
  const [, signed] = signatures.find(([bytes]) => startsWith(head, bytes)) ?? [];
  if (signed !== undefined) return signed;
  if (startsWith(head, 'ustar', 257)) return `is an archive (.tar), ${packed}`;
  const start = textOfHead(head.subarray(0, 1024));
  const entry = zipEntry(head);
  return entry === undefined
    ? texts.find(([beginning]) => beginning.test(start))?.[1]
    : archiveFault(entry, start);
}

function archiveFault(entry: string, start: string): string | undefined {
  if (entry.endsWith('.npy')) return undefined;
  if (/^(?:_rels|docProps|xl)\//.test(entry) || start.includes('[Content_Types].xml')) {
    return 'is a workbook (.xlsx) or another file of Office: export its sheet as CSV';
  }
  if (entry === 'mimetype') return 'is a file of LibreOffice: export its sheet as CSV';
  return `is a zip archive, which begins with ${quoted(entry)}, ${packed}`;
}
