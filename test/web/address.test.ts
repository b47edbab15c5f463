import fc from 'fast-check';
import t from 'tap';
import { optionNames } from '../../src/entries/index.js';
import { formatAddress, parseAddress } from '../../web/src/address.js';
import { decodeStrokes, encodeStrokes, type Strokes } from '../../web/src/strokes.js';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const address = fc.record(
  {
    tab: text,
    view: text,
    step: text,
    table: text,
    drawing: text,
    meant: text,
    options: fc.dictionary(fc.constantFrom(...optionNames), text, { noNullPrototype: true }),
  },
  { requiredKeys: ['options'], noNullPrototype: true },
);

t.test('an address is read as it was written', async (t) => {
  fc.assert(fc.property(address, (written) => t.strictSame(parseAddress(formatAddress(written)), written)));
  t.equal(formatAddress({ options: {} }), '');
  t.strictSame(parseAddress(''), { options: {} });
  t.strictSame(parseAddress('#tab=look&colour=red'), { tab: 'look', options: {} });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const stroke = fc.array(fc.record({ x: share, y: share }), { minLength: 1, maxLength: 30 });
const drawing = fc.array(stroke, { maxLength: 5 });

/** The distance of a point to the nearest of a line's segments. */
function distanceTo({ x, y }: Strokes[0][0], line: Strokes[0]): number {
  const segments = line.map((from, index) => [from, line[index + 1] ?? from]);
  return Math.min(
    ...segments.map(([from, to]) => {
      let nearest = Infinity;
      for (let step = 0; step <= 20; step++) {
        const along = step / 20;
        nearest = Math.min(
          nearest,
          Math.hypot(x - from.x - along * (to.x - from.x), y - from.y - along * (to.y - from.y)),
        );
      }
      return nearest;
    }),
  );
}

t.test('a drawing in an address is nearly the one on the pad', async (t) => {
  fc.assert(
    fc.property(drawing, (strokes) => {
      const found = decodeStrokes(`${encodeStrokes(strokes)}`);
      if (found?.length !== strokes.length) return false;
      return strokes.every((stroke, index) =>
        stroke.every((point) => distanceTo(point, found[index]) < 0.03),
      );
    }),
  );
  const long = Array.from({ length: 5000 }, (_, i) => ({ x: (i * 0.37) % 1, y: (i * 0.61) % 1 }));
  const found = decodeStrokes(`${encodeStrokes([long])}`);
  t.ok(found?.[0] && found[0].length <= 255, 'a long stroke loses points');
  t.equal(
    encodeStrokes(Array.from({ length: 200 }, () => long.slice(0, 20))),
    undefined,
    'a drawing that is too long has no address',
  );
});

t.test('any other text is no drawing, or a drawing on the pad', async (t) => {
  const isSound = (text: string) =>
    decodeStrokes(text)?.every(
      (stroke) => stroke.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1) && stroke.length > 0,
    ) ?? true;
  fc.assert(fc.property(fc.string(), isSound));
  fc.assert(fc.property(fc.base64String(), isSound));
  for (const text of ['!', 'A', 'AQ', 'AA', `${'A'.repeat(4000)}`])
    t.equal(decodeStrokes(text), undefined, text);
  t.strictSame(decodeStrokes('AQD_'), [[{ x: 0, y: 1 }]]);
});
