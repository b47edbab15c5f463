import fc from 'fast-check';
import t from 'tap';
import { grouped } from '../../src/artifacts/quantity.js';

t.test('thousands are grouped as toLocaleString groups them', async (t) => {
  fc.assert(fc.property(fc.nat(), (value) => grouped(value) === value.toLocaleString('en-US')));
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), (value) => {
      const rounded = Number(value.toPrecision(6));
      return grouped(rounded) === rounded.toLocaleString('en-US', { maximumFractionDigits: 20 });
    }),
  );
  t.equal(grouped(1234567.8912), '1,234,567.8912');
});
