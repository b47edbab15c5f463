/**
 * Finds fonts of the machine for characters that the fonts of the package lack. It reads which characters a font has from
 * its `cmap` table (OpenType 1.9), since the canvas draws a box for a character without a glyph and does not say so.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A font file of the machine. */
export interface SystemFont {
  readonly file: string;
  /** Those of the wanted characters that it is the first to have. */
  readonly characters: readonly string[];
}

/** Whether a font has a glyph for a code point. */
type HasGlyph = (code: number) => boolean;

/** Larger tables are not read; that of a font with all of Unicode has about 1 MiB. */
const LARGEST_TABLE = 2 ** 23;

/** Characters that only join or vary others, so that a font need not have them. */
const joiners = /[\p{Default_Ignorable_Code_Point}]/u;

/** Fonts for one purpose come after plain ones, which come after those that only say "sans". */
const special =
  /bold|italic|oblique|light|thin|black|medium|condensed|narrow|serif|mono|looped|display|kufi|nasta/i;
/** Fonts that have an empty or general glyph for everything. */
const hollow = /last ?resort|adobe ?blank/i;

/** The folders where fonts of this machine are. */
export function fontFolders(): string[] {
  const { WINDIR = 'C:\\Windows', LOCALAPPDATA, XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const home = homedir();
  if (process.platform === 'win32') {
    const own = LOCALAPPDATA ?? join(home, 'AppData', 'Local');
    return [join(WINDIR, 'Fonts'), join(own, 'Microsoft', 'Windows', 'Fonts')];
  }
  if (process.platform === 'darwin') {
    return ['/System/Library/Fonts', '/Library/Fonts', join(home, 'Library', 'Fonts')];
  }
  const shared = (XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':');
  const data = [XDG_DATA_HOME || join(home, '.local', 'share'), ...shared];
  return [join(home, '.fonts'), ...data.map((folder) => join(folder, 'fonts'))];
}

/**
 * Fonts that together have as many of the characters as the fonts in the folders can: plain sans-serif ones first. Files
 * that are no fonts, or are damaged, have no characters.
 *
 * @param characters as people see them: such as a letter with its marks, or an emoji of several code points
 */
export function findSystemFonts(characters: readonly string[], folders = fontFolders()): SystemFont[] {
  const fonts: SystemFont[] = [];
  const missing = new Set(characters);
  for (const file of folders.flatMap(fontsIn).sort(byPlainness)) {
    if (missing.size === 0) break;
    const has = glyphsOf(file);
    const found = [...missing].filter((character) =>
      [...character].every((part) => joiners.test(part) || has(part.codePointAt(0) ?? 0)),
    );
    if (found.length === 0) continue;
    for (const character of found) missing.delete(character);
    fonts.push({ file, characters: found });
  }
  return fonts;
}

function fontsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ttf|otf|ttc|otc)$/i.test(name) && !hollow.test(name))
      .map((name) => join(folder, name));
  } catch {
    // There is no such folder, or it may not be read.
    return [];
  }
}

function byPlainness(a: string, b: string): number {
  const rank = (file: string) => {
    const name = file.replace(/^.*[\\/]/, '').replace(/sans-?serif/i, 'sans');
    return (special.test(name) ? 2 : 0) + (/sans/i.test(name) ? 0 : 1);
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

const hasNone: HasGlyph = () => false;

function glyphsOf(file: string): HasGlyph {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return glyphsIn(readCharacterMap((position, size) => readAt(descriptor, position, size)));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return hasNone;
  }
}

/** Reads some bytes; throws if there are fewer. */
function readAt(descriptor: number, position: number, size: number): DataView {
  const bytes = new Uint8Array(Math.min(size, LARGEST_TABLE));
  if (readSync(descriptor, bytes, 0, bytes.length, position) < size)
    throw new RangeError('the file ends early');
  return new DataView(bytes.buffer);
}

const tagOf = (text: string) => [...text].reduce((tag, letter) => tag * 256 + letter.charCodeAt(0), 0);

/** The `cmap` table of a font, or of the first font of a collection. */
function readCharacterMap(read: (position: number, size: number) => DataView): DataView {
  const isCollection = read(0, 4).getUint32(0) === tagOf('ttcf');
  const start = isCollection ? read(12, 4).getUint32(0) : 0;
  const count = read(start + 4, 2).getUint16(0);
  const tables = read(start + 12, 16 * count);
  for (let entry = 0; entry < 16 * count; entry += 16) {
    if (tables.getUint32(entry) !== tagOf('cmap')) continue;
    return read(tables.getUint32(entry + 8), tables.getUint32(entry + 12));
  }
  throw new RangeError('there is no cmap');
}

/** What a `cmap` says: by its map of all of Unicode, of format 12, or else of the basic plane, of format 4. */
function glyphsIn(map: DataView): HasGlyph {
  const maps = Array.from({ length: map.getUint16(2) }, (_, index) => map.getUint32(8 + 8 * index));
  const ofFormat = (format: number) => maps.find((at) => map.getUint16(at) === format);
  const whole = ofFormat(12);
  if (whole !== undefined) return (code) => hasInGroups(map, whole, code);
  const basic = ofFormat(4);
  return basic === undefined ? hasNone : (code) => hasInSegments(map, basic, code);
}

/** Format 12: groups of first code, last code and first glyph, of 32 bits each. Glyph 0 is that of missing characters. */
function hasInGroups(map: DataView, at: number, code: number): boolean {
  const count = map.getUint32(at + 12);
  for (let group = 0; group < count; group++) {
    const entry = at + 16 + 12 * group;
    const [first, last] = [map.getUint32(entry), map.getUint32(entry + 4)];
    if (code <= last) return code >= first && map.getUint32(entry + 8) + code - first !== 0;
  }
  return false;
}

/** Format 4: arrays of last codes, first codes, differences to the glyph, and offsets into a list of glyphs. */
function hasInSegments(map: DataView, at: number, code: number): boolean {
  const size = map.getUint16(at + 6);
  const [lasts, firsts, differences, offsets] = [14, 16 + size, 16 + 2 * size, 16 + 3 * size].map(
    (offset) => at + offset,
  );
  for (let segment = 0; segment < size; segment += 2) {
    if (code > map.getUint16(lasts + segment)) continue;
    const first = map.getUint16(firsts + segment);
    if (code < first) return false;
    const difference = map.getUint16(differences + segment);
    const offset = map.getUint16(offsets + segment);
    if (offset === 0) return ((code + difference) & 0xffff) !== 0;
    return map.getUint16(offsets + segment + offset + 2 * (code - first)) !== 0;
  }
  return false;
}
