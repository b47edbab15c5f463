/**
 * Copies @fontsource/inter to dist/assets/fonts/ with a style sheet for pages, and writes to src/generated/ which
 * characters each file can draw.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const inter = `${root}node_modules/@fontsource/inter/`;
const target = `${root}dist/assets/fonts/`;
const generated = `${root}src/generated/`;
const banner = '// Generated from @fontsource/inter by scripts/fonts.js.\n';

/** Inter's subsets; a character in several of them is drawn by the first. */
const subsets = ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext'];
const weights = [400, 600];

/**
 * The `cmap` table of a WOFF font, which has the same characters as its WOFF2 counterpart and is simpler to read.
 *
 * @param {Buffer} woff
 */
function characterMap(woff) {
  const tables = Array.from({ length: woff.readUInt16BE(12) }, (_, index) => 44 + 20 * index);
  const entry = tables.find((offset) => woff.toString('latin1', offset, offset + 4) === 'cmap');
  if (entry === undefined) throw new Error('a font without a cmap');
  const [start, packed, size] = [4, 8, 12].map((offset) => woff.readUInt32BE(entry + offset));
  const table = woff.subarray(start, start + packed);
  return packed < size ? inflateSync(table) : table;
}

/**
 * The characters of a font. Those that names need are in the basic plane, and so in a map of format 4, whose
 * segments list only characters that the font has.
 *
 * @param {string} subset
 */
async function readCharacters(subset) {
  const map = characterMap(await readFile(`${inter}files/inter-${subset}-400-normal.woff`));
  const maps = Array.from({ length: map.readUInt16BE(2) }, (_, index) => map.readUInt32BE(8 + 8 * index));
  const segments = maps.find((offset) => map.readUInt16BE(offset) === 4);
  if (segments === undefined) throw new Error(`inter-${subset}: a cmap without segments`);
  const doubled = map.readUInt16BE(segments + 6);
  return Array.from({ length: doubled / 2 }, (_, index) => {
    const end = segments + 14 + 2 * index;
    const [last, first] = [end, end + doubled + 2].map((offset) => map.readUInt16BE(offset));
    return Array.from({ length: last - first + 1 }, (_, position) => first + position);
  })
    .flat()
    .filter((code) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(String.fromCodePoint(code)));
}

/**
 * Ranges of consecutive characters, as pairs of first and last.
 *
 * @param {number[]} codes ascending
 */
function rangesOf(codes) {
  const firsts = codes.filter((code, index) => codes[index - 1] !== code - 1);
  const lasts = codes.filter((code, index) => codes[index + 1] !== code + 1);
  return firsts.map((first, index) => [first, lasts[index]]);
}

/**
 * Characters in the syntax of a regular expression's character class.
 *
 * @param {number[]} codes ascending
 */
function bracketed(codes) {
  const escaped = (/** @type {number} */ code) => `\\u${code.toString(16).padStart(4, '0')}`;
  return rangesOf(codes)
    .map((range) => range.map(escaped).join('-'))
    .join('');
}

/**
 * Font-face rules for pages, one per weight. Browsers load only the files that the text of a page needs.
 *
 * @param {string} family
 * @param {string[]} files one per weight
 * @param {number[]} codes of its characters, ascending
 */
function faces(family, files, codes) {
  const ranges = rangesOf(codes).map((range) => `U+${range.map((code) => code.toString(16)).join('-')}`);
  return files.map(
    (file, index) => `@font-face {
  font-family: '${family}';
  font-weight: ${weights[index]};
  font-display: swap;
  src: url('./${file}') format('woff2');
  unicode-range: ${ranges.join(', ')};
}
`,
  );
}

/** Copies and declares the fonts, and writes `fonts.js`, which lists them with their characters, and its types. */
export async function copyFonts() {
  await Promise.all([mkdir(target, { recursive: true }), mkdir(generated, { recursive: true })]);
  const characters = await Promise.all(subsets.map(readCharacters));
  const fonts = subsets.map((subset, index) => {
    const drawn = new Set(characters.slice(0, index).flat());
    return {
      // A unique name, so that no system font can take its place.
      family: `Digits Sans ${subset}`,
      files: weights.map((weight) => `inter-${subset}-${weight}-normal.woff2`),
      codes: characters[index].filter((code) => !drawn.has(code)),
    };
  });
  const listed = fonts.map(({ codes, ...font }) => ({ ...font, characters: bracketed(codes) }));
  await Promise.all([
    cp(`${inter}LICENSE`, `${target}LICENSE`),
    ...fonts.flatMap(({ files }) => files.map((file) => cp(`${inter}files/${file}`, target + file))),
    writeFile(`${generated}fonts.js`, `${banner}export const fonts = ${JSON.stringify(listed, null, 2)};\n`),
    writeFile(`${generated}fonts.d.ts`, types),
    writeFile(
      `${target}fonts.css`,
      fonts.flatMap(({ family, files, codes }) => faces(family, files, codes)).join(''),
    ),
  ]);
}

const types = `${banner}
/** A subset of the typeface. */
export interface Font {
  readonly family: string;
  /** In dist/assets/fonts/, one per weight. */
  readonly files: readonly string[];
  /** The characters it draws, in the syntax of a character class, without those of preceding fonts. */
  readonly characters: string;
}

/** Latin first, then those that only some names need. */
export declare const fonts: readonly Font[];
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) await copyFonts();
