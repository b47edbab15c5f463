import t from 'tap';
import { brief, fixed } from '../../web/src/quantity.js';

t.test('numbers of any size are short, and lose no leading digit', async (t) => {
  for (const [value, text] of [
    [0, '0.00'],
    [0.000123, '1.2e-4'],
    [0.01234, '0.0123'],
    [-2.3456, '-2.35'],
    [123.4, '123'],
    [1234.5, '1,235'],
    [99999.4, '99,999'],
    [1.7152333976022016e29, '1.72e29'],
    [-1e6, '-1.00e6'],
    [Number.POSITIVE_INFINITY, '∞'],
  ] as const) {
    t.equal(brief(value), text);
  }
});

t.test('decimals are kept as long as they matter', async (t) => {
  for (const [value, text] of [
    [0, '0.00'],
    [-0.001, '0.00'],
    [-1.005, '-1.00'],
    [1234.567, '1234.57'],
    [-1.7e29, '-1.70e29'],
  ] as const) {
    t.equal(fixed(value, 2), text);
  }
});
