import fc from 'fast-check';
import t from 'tap';
import { Dictionary } from '../../src/data/dictionary.js';

t.test('any texts are numbered as they come, and counted', async (t) => {
  const texts = fc.array(
    fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'grapheme', maxLength: 40 })),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(texts, (all) => {
      const dictionary = new Dictionary();
      const expected = new Map<string, number>();
      for (const text of all) {
        if (!expected.has(text)) expected.set(text, expected.size);
        const quick = dictionary.addQuickly(text);
        t.equal(quick >= 0 ? quick : dictionary.add(text), expected.get(text));
      }
      t.strictSame(dictionary.texts(), [...expected.keys()]);
      t.equal(dictionary.size, expected.size);
      for (const [text, code] of expected) {
        t.equal(dictionary.countOf(code), all.filter((other) => other === text).length);
      }
    }),
  );
});

t.test('a hundred thousand texts', async (t) => {
  const dictionary = new Dictionary();
  for (let round = 0; round < 2; round++) {
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) if (dictionary.add(`text ${i}`) !== i) wrong++;
    t.equal(wrong, 0);
  }
  t.equal(dictionary.size, 100_000);
  t.equal(dictionary.addQuickly('text 7'), 7);
  t.equal(dictionary.addQuickly('text 99999'), -1);
  t.equal(dictionary.countOf(7), 3);
});
