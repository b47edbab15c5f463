import fc from 'fast-check';
import t from 'tap';
import { charactersToFind, LONGEST_NAME, writeNames } from '../../src/charts/class-names.js';
import { fonts } from '../../src/generated/fonts.js';

t.test('names that the fonts can draw stay as they are', async (t) => {
  const classes = [
    '0',
    'Iris-setosa',
    '"a", <b> & ‘c’',
    'Zażółć gęślą jaźń',
    'Съешь ещё этих булок',
    'Ξεσκεπάζω τὴν ψυχή',
    'Nguyễn Thị Ước',
    'a name of twenty-eight signs',
  ];
  t.same(writeNames(classes), { names: classes, notes: [] });
  t.same(writeNames(['e\u0301', 'a\t b ', 'за\u0301мок']).names, ['é', 'a b', 'за\u0301мок']);
});

t.test('a long name keeps its beginning and its end', async (t) => {
  const beginning = 'abcdefghij'.repeat(6);
  t.same(writeNames([beginning, `${beginning}k`, `${beginning}lm`]), {
    names: ['abcdefghijabcdef…jabcdefghij', 'abcdefghijabcdef…abcdefghijk', 'abcdefghijabcdef…bcdefghijlm'],
    notes: [],
  });
  t.same(
    writeNames(['patients who came back', 'patients who did not'], () => false, 12).names,
    ['patient…back', 'patient… not'],
    'and the less, the less room there is',
  );
});

t.test('what can not be told apart, or not be drawn, has the place of its class', async (t) => {
  const long = (middle: string) => `${'a'.repeat(30)}${middle}${'z'.repeat(30)}`;
  const classes = [
    '語',
    '🍎 apple',
    'مرحبا',
    'a\u0000b',
    '\u202Eright',
    'ab',
    ' ab',
    ' ',
    long('1'),
    long('2'),
    'cd',
  ];
  const { names, notes } = writeNames(classes);
  t.same(names, [
    '#1',
    '#2 … apple',
    '#3',
    '#4 a…b',
    '#5 …right',
    '#6 ab',
    '#7 ab',
    '#8',
    '#9 aaaaaaaaaaaaaa…zzzzzzzzzz',
    '#10 aaaaaaaaaaaaaa…zzzzzzzzz',
    'cd',
  ]);
  t.same(notes, [
    'A # is the place, in the JSON file, of a class whose name can’t be written here in full:',
    'this machine has no font for Arabic, Chinese, emoji',
    'it has control characters',
    'it is blank or looks like another',
  ]);
  t.same(
    writeNames(['#2', '語']).names,
    ['#1 #2', '#2'],
    'even of a class that is called as a place is written',
  );
});

t.test('characters of other fonts are written', async (t) => {
  const classes = ['中文', 'ภาษาไทย', 'العربية', '한국어', '👩‍👩‍👧 🇨🇭 👍🏽', 'a\u0000b', '日本', 'लड़का'];
  const hasFont = (character: string) => !/\p{Script=Devanagari}|日/u.test(character);
  t.same(charactersToFind(['abc', 'é', ...classes.slice(3, 6)]), ['한', '국', '어', '👩‍👩‍👧', '🇨🇭', '👍🏽']);
  t.same(charactersToFind(['ไทย ที่']), ['ไ', 'ท', 'ย', 'ที่']);
  const { names, notes } = writeNames(classes, hasFont);
  t.same(names, [...classes.slice(0, 5), '#6 a…b', '#7 …本', '#8']);
  t.same(notes.slice(1), ['this machine has no font for Chinese, Devanagari', 'it has control characters']);
  const long = '語'.repeat(40);
  t.same(
    writeNames([long, '👩‍👩‍👧'.repeat(28)], () => true),
    {
      names: [`${'語'.repeat(16)}…${'語'.repeat(11)}`, '👩‍👩‍👧'.repeat(28)],
      notes: [],
    },
  );
});

t.test('of many scripts, some are named', async (t) => {
  const letters = ['א', 'ا', 'ก', '語', '한', 'あ', 'अ', 'অ', '☃', '\u{10900}'];
  t.equal(
    writeNames(letters).notes[1],
    'this machine has no font for Arabic, Bengali, Chinese, Devanagari, Hebrew, Japanese, Korean, Thai and others',
  );
  t.equal(writeNames(['\u{10900}', 'a']).notes[1], 'this machine has no font for other characters');
});

t.test('any names are written so that they differ, are short, and can be drawn', async () => {
  const drawable = new RegExp(`^[${fonts.map(({ characters }) => characters).join('')}]+$`, 'u');
  const some = fc.constantFrom('a', 'b', ' ', '#', '1', '2', 'é', 'ё', '語', '\u0301', '…');
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.string({ unit: some, minLength: 1, maxLength: 4 }),
    fc.string({ unit: some, minLength: 40, maxLength: 60 }),
  );
  const spaceless = (name: string) => name.normalize('NFC').replace(/\s+/g, '');
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 30, size: 'max' }), (classes) => {
      const { names, notes } = writeNames(classes);
      return (
        names.length === classes.length &&
        new Set(names).size === names.length &&
        names.every((name) => drawable.test(name) && name.replace(/\p{M}/gu, '').length <= LONGEST_NAME) &&
        (notes.length > 0 ||
          names.every((name, index) => !name.startsWith('#') || spaceless(classes[index]).startsWith('#')))
      );
    }),
    { numRuns: 500 },
  );
});
