import fc from 'fast-check';
import t, { type Test } from 'tap';
import { createByteText } from '../../src/terminal/byte-text.js';

const decoder = new TextDecoder();
const out = createByteText();

function written(number: number): string {
  out.number(number);
  return decoder.decode(out.take());
}

/** The float64 so many steps above a number. */
function next(number: number, steps: number): number {
  const bits = new BigInt64Array(Float64Array.of(number).buffer);
  bits[0] += BigInt(steps);
  return new Float64Array(bits.buffer)[0];
}

function checkAll(t: Test, numbers: Iterable<number>): void {
  let count = 0;
  for (const number of numbers) {
    count++;
    if (written(number) !== String(number)) t.equal(written(number), String(number));
  }
  t.pass(`${count} numbers`);
}

t.test('powers of two and ten, and their neighbours', async (t) => {
  function* powers() {
    for (let power = 0; power <= 1074; power++) {
      for (let steps = -2; steps <= 2; steps++) yield next(2 ** -power, steps);
    }
    for (let power = 0; power <= 323; power++) {
      for (let digits = 1; digits < 100; digits++) {
        for (let steps = -1; steps <= 1; steps++) yield next(Number(`${digits}e-${power}`), steps);
      }
    }
  }
  checkAll(t, powers());
});

t.test('numbers exactly between two decimals of 16 digits', async (t) => {
  function* middles() {
    for (let whole = 2 ** 16 + 1; whole < 2 ** 17; whole += 2) yield whole / 2 ** 17;
  }
  checkAll(t, middles());
});

t.test('probabilities of many and of few digits', async () => {
  const numbers = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 2 ** 30 }).map((whole) => whole / 2 ** 30),
    fc.integer({ min: 1, max: 10 ** 6 }).map((whole) => whole / 10 ** 6),
    fc.integer({ min: 1, max: 2 ** 30 }).map((whole) => (whole / 2 ** 30) ** 30),
    fc.float({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(numbers, (number) => written(number) === String(number)),
    { numRuns: 50_000 },
  );
});

t.test('all other numbers', async (t) => {
  checkAll(t, [0, -0, 1, -0.5, 5e-324, 2 ** -1023, 17, 1e21, 1.5e300, Infinity, -Infinity, NaN]);
  fc.assert(fc.property(fc.double(), (number) => written(number) === String(number)));
});

t.test('a text grows, is taken, and starts anew', async (t) => {
  const pieces: string[] = [];
  const plain = new Uint8Array(127).fill(1);
  for (let i = 0; i < 20_000; i++) {
    const piece = ['é€😀', 'plain', 'x'.repeat(i % 90), String(i / 7)][i % 4];
    if (i % 4 === 0) out.text(piece);
    else if (i % 4 === 1) out.plain(piece, plain);
    else if (i % 4 === 2) out.bytes(new TextEncoder().encode(piece));
    else out.number(i / 7);
    pieces.push(piece);
  }
  const taken = out.take();
  out.text('behind');
  t.equal(decoder.decode(taken), pieces.join(''));
  t.equal(decoder.decode(out.take()), 'behind');
  t.equal(out.take().length, 0);
});

t.test('a text with a character that is not plain is not added', async (t) => {
  const plain = new Uint8Array(127).fill(1);
  plain[34] = 0;
  for (const text of ['a"b', 'é', '\x7f', '😀']) t.notOk(out.plain(text, plain));
  t.ok(out.plain('ab', plain));
  t.equal(decoder.decode(out.take()), 'ab');
});
