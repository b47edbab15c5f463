import t from 'tap';
import { narrowLabels, takeLabels } from '../src/storage.js';

t.test('labels take a byte each where there are at most 256 classes', async (t) => {
  t.strictSame(narrowLabels(Int32Array.of(3, 255, 0), 256), Uint8Array.of(3, 255, 0));
  const many = Int32Array.of(3, 256, 0);
  t.equal(narrowLabels(many, 257), many);
});

t.test('labels of chosen rows keep their kind', async (t) => {
  const rows = Int32Array.of(2, 2, 0);
  t.strictSame(takeLabels(Uint8Array.of(7, 8, 9), rows), Uint8Array.of(9, 9, 7));
  t.strictSame(takeLabels(Int32Array.of(700, 8, 9), rows), Int32Array.of(9, 9, 700));
});
