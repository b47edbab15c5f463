import { join } from 'node:path';
import t from 'tap';
import { findSystemFonts, fontFolders } from '../../src/files/system-fonts.js';
import { fontWith, groups, segments } from '../system-font.js';

/** The first font of a collection begins after its header. */
function collection(font: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.write('ttcf');
  header.writeUInt32BE(1, 8);
  header.writeUInt32BE(16, 12);
  const moved = Buffer.from(font);
  for (let table = 0; table < moved.readUInt16BE(4); table++) {
    const at = 12 + 16 * table + 8;
    moved.writeUInt32BE(moved.readUInt32BE(at) + 16, at);
  }
  return Buffer.concat([header, moved]);
}

t.test('fonts that have the characters, plain ones first', async (t) => {
  const folder = t.testdir({
    deep: { deeper: { 'Han.ttf': fontWith(groups(0x8a9e, 0x8a9f)) } },
    'A-Bold.ttf': fontWith(groups(0x8a9e, 0x8a9e)),
    'Emoji.OTF': fontWith(groups(0x1f34e, 0x1f34e)),
    'LastResort.ttf': fontWith(groups(0, 0x10ffff)),
    'Thai Sans.ttc': collection(fontWith(segments(0xe01))),
    'empty.ttf': '',
    'text.ttf': 'this is no font, though it is called one',
    'cut.ttf': fontWith(groups(0x8a9e, 0x8a9e)).subarray(0, 300),
    'notes.txt': fontWith(groups(0x5d0, 0x5d0)),
  });
  const found = (...characters: string[]) => findSystemFonts(characters, [join(folder, 'none'), folder]);
  t.same(found(), []);
  t.same(found('語'), [{ file: join(folder, 'deep', 'deeper', 'Han.ttf'), characters: ['語'] }]);
  t.same(found('א', '字'), []);
  t.same(found('語', '🍎', '字', '\u8a9f'), [
    { file: join(folder, 'Emoji.OTF'), characters: ['🍎'] },
    { file: join(folder, 'deep', 'deeper', 'Han.ttf'), characters: ['語', '\u8a9f'] },
  ]);
  const thai = ['\u0e00', '\u0e01', '\u0e02', '\u0e03', '\u0e64', '\u0e65', '\u0e66', '\u0e67'];
  const first = 0xe01;
  t.same(
    found(...thai, String.fromCharCode(first + 100), String.fromCharCode(first + 101)).map(
      ({ characters }) => characters,
    ),
    [['\u0e01', '\u0e02', '\u0e66']],
    'glyph 0 is that of missing characters',
  );
  t.same(found('\u0e01\u0e02').length, 1, 'all parts of a character in the same font');
  t.same(found('\u0e01語'), []);
  t.same(found('🍎\ufe0f\u200d🍎').length, 1, 'what only joins characters needs no glyph');
});

t.test('the folders of this machine', async (t) => {
  t.ok(fontFolders().length >= 2);
});
