import fc from 'fast-check';
import t from 'tap';
import { type LinePoint, searchLine } from '../../../src/model/solvers/line-search.js';

type Curve = (x: number) => { loss: number; slope: number };

/** Searches from 0, and counts the points that are tried. */
async function search(curve: Curve, first: number) {
  let count = 0;
  const origin: LinePoint = { step: 0, ...curve(0) };
  const found = await searchLine(origin, first, 2 ** -22 * Math.abs(origin.loss), async (step) => {
    count++;
    return { step, ...curve(step) };
  });
  return { origin, found, count };
}

/** The strong Wolfe conditions: Nocedal & Wright, (3.7) with c1 = 1e-4 and c2 = 0.9. */
function isStrongWolfe(origin: LinePoint, { step, loss, slope }: LinePoint): boolean {
  return loss <= origin.loss + 1e-4 * step * origin.slope && Math.abs(slope) <= 0.9 * Math.abs(origin.slope);
}

const curves: Record<string, (at: number) => Curve> = {
  parabola: (at) => (x) => ({ loss: (x - at) ** 2, slope: 2 * (x - at) }),
  'parabola far from 0': (at) => (x) => ({ loss: 5 + 3 * (x - at) ** 2, slope: 6 * (x - at) }),
  'steep on one side': (at) => (x) => ({
    loss: Math.exp(x - at) - (x - at),
    slope: Math.exp(x - at) - 1,
  }),
  'flat on both': (at) => (x) => ({
    loss: Math.sqrt(1 + (x - at) ** 2),
    slope: (x - at) / Math.sqrt(1 + (x - at) ** 2),
  }),
  'not finite beyond twice the minimum': (at) => (x) =>
    x > 2 * at ? { loss: NaN, slope: NaN } : { loss: (x - at) ** 2, slope: 2 * (x - at) },
};

for (const [name, curveAt] of Object.entries(curves)) {
  t.test(`a step meets the strong Wolfe conditions: ${name}`, async (t) => {
    const minimum = fc.double({ min: 0.01, max: 20, noNaN: true });
    const first = fc.double({ min: 0.01, max: 20, noNaN: true });
    await fc.assert(
      fc.asyncProperty(minimum, first, async (at, step) => {
        const { origin, found, count } = await search(curveAt(at), step);
        return found !== undefined && isStrongWolfe(origin, found) && count <= 20;
      }),
    );
    t.pass('100 searches');
  });
}

t.test('a first step that is good enough is the only one', async (t) => {
  const { found, count } = await search((x) => ({ loss: (x - 1) ** 2, slope: 2 * (x - 1) }), 1.2);
  t.equal(found?.step, 1.2);
  t.equal(count, 1);
});

t.test('a loss that only falls is followed, twice as far each time', async (t) => {
  const { found, count } = await search((x) => ({ loss: -x, slope: -1 }), 1);
  t.equal(found?.step, 2 ** 19);
  t.equal(count, 21, 'it moves back to the best of its trials');
});

t.test('if nothing lowers the loss, there is no step', async (t) => {
  for (const curve of [
    (x: number) => ({ loss: x, slope: -1 }),
    (x: number) => (x === 0 ? { loss: 1, slope: -1 } : { loss: NaN, slope: NaN }),
  ]) {
    t.equal((await search(curve, 1)).found, undefined);
  }
});

t.test('a step that lowers the loss by less than its slope promised is too long', async (t) => {
  const curve: Curve = (x) =>
    x === 1 ? { loss: 1 - 1e-5, slope: 0 } : { loss: 1 - x + x * x, slope: 2 * x - 1 };
  const { origin, found } = await search(curve, 1);
  t.ok(found && found.step < 1 && isStrongWolfe(origin, found), `${found?.step}`);
});

t.test('a loss that rises again has passed a minimum, though its slope still falls', async (t) => {
  const curve: Curve = (x) => {
    if (x <= 1) return { loss: 1 - x / 2, slope: -1 };
    return x < 2 ? { loss: 0.4, slope: 0 } : { loss: 0.6, slope: -1 };
  };
  const { found } = await search(curve, 1);
  t.ok(found && found.step > 1 && found.step < 2, `${found?.step}`);
});

t.test('slopes decide if losses are the same', async (t) => {
  const noise = 1e-8;
  const { found } = await search((x) => ({ loss: 1 + (x > 0 ? noise : 0), slope: 1e-9 * (x - 1) }), 1.5);
  t.equal(found?.step, 1.5);
  const { found: louder } = await search(
    (x) => ({ loss: 1 + (x > 0 ? 1e-5 : 0), slope: 1e-9 * (x - 1) }),
    1.5,
  );
  t.equal(louder, undefined);
});
