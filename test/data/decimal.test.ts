import fc from 'fast-check';
import t from 'tap';
import { decimalOf, numberReader } from '../../src/data/decimal.js';

t.test('cells of large tables are the numbers that JavaScript reads', async (t) => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 });
  const texts = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '-', '+'), digits, fc.constantFrom('', '.'), digits)
      .map((parts) => parts.join('')),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.string({ unit: fc.constantFrom(...'0129.-+eExob \t'), maxLength: 6 }),
  );
  const read = numberReader();
  const examples = ['', '-', '.', '-.', '-0', '0.', '.5', '1..2', '1.2.3', '9'.repeat(15), '0x1F', '1e400'];
  fc.assert(
    fc.property(texts, (text) => {
      t.ok(Object.is(read(text), decimalOf(text)), text);
    }),
    { numRuns: 2000, examples: examples.map((text) => [text]) },
  );
  t.equal(read('-.5'), -0.5);
  t.ok(Object.is(read('-0'), -0));
  t.match(read('.'), Number.NaN);
});
