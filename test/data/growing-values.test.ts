import fc from 'fast-check';
import t from 'tap';
import { GrowingValues } from '../../src/data/growing-values.js';
import { areBytes } from '../../src/storage.js';

const byte = fc.integer({ min: 0, max: 255 });
const other = fc.oneof(
  fc.constantFrom(-0, -1, 0.5, 254.5, 255.5, 256, 300, 2 ** 32, 1e-45, 3e38, Number.NaN),
  fc.float({ noDefaultInfinity: true }),
);

/** Whether numbers are those of a list, a NaN and the sign of a zero included. */
function areThose(found: ArrayLike<number>, expected: readonly number[]): boolean {
  return found.length === expected.length && expected.every((value, at) => Object.is(found[at], value));
}

t.test('bytes until a number is none, whatever the pieces', async (t) => {
  const counts = { bytes: 0, floats: 0 };
  fc.assert(
    fc.property(
      fc.array(byte, { maxLength: 60 }),
      fc.option(fc.tuple(fc.nat(), other), { freq: 2 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(
        (piece: number[]) => Float32Array.from(piece),
        (piece: number[]) => piece,
      ),
      (numbers, odd, size, listOf) => {
        const all = [...numbers];
        if (odd) all.splice(odd[0] % (all.length + 1), 0, odd[1]);
        const growing = new GrowingValues();
        for (let first = 0; first < all.length; first += size) {
          const piece = all.slice(first, first + size);
          const areAll = piece.every((value) => Object.is(value, value & 255));
          growing.append(areAll ? Uint8Array.from(piece) : listOf(piece));
        }
        const isByte = all.every(
          (value) => Number.isInteger(value) && value >= 0 && value <= 255 && !Object.is(value, -0),
        );
        counts[isByte ? 'bytes' : 'floats']++;
        return (
          growing.length === all.length &&
          areBytes(growing.values) === isByte &&
          areThose(growing.values, all.map(Math.fround))
        );
      },
    ),
  );
  t.ok(counts.bytes > 10 && counts.floats > 10, JSON.stringify(counts));
});

t.test('widened, they are float32 for good, and cleared they begin anew', async (t) => {
  const growing = new GrowingValues();
  growing.append([1, 2]);
  growing.widen();
  growing.append([3]);
  t.strictSame(Float32Array.from(growing.values), Float32Array.of(1, 2, 3));
  t.notOk(areBytes(growing.values));
  growing.clear();
  growing.append(Uint8Array.of(7));
  t.strictSame(Float32Array.from(growing.values), Float32Array.of(7));
});
