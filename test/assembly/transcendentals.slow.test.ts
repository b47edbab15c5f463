import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the fixture with the options that the core is compiled with. */
async function compileFixture(folder: string) {
  const { options, targets } = JSON.parse(await readFile(join(root, 'asconfig.json'), 'utf8'));
  const wasm = join(folder, 'transcendentals.wasm');
  execFileSync(
    process.execPath,
    [
      'node_modules/assemblyscript/bin/asc.js',
      'test/fixtures/assembly/transcendentals.ts',
      '--config',
      'none',
      '--outFile',
      wasm,
      '--importMemory',
      '--runtime',
      options.runtime,
      '--enable',
      options.enable.join(','),
      '--optimizeLevel',
      targets.release.optimizeLevel,
      '--shrinkLevel',
      targets.release.shrinkLevel,
    ].map(String),
    { cwd: root, stdio: 'pipe' },
  );
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(await readFile(wasm), { env: { memory } });
  return instance.exports as Record<'exp32' | 'exp64' | 'plainExp64' | 'log32', (x: number) => number>;
}

const { exp32, exp64, plainExp64, log32 } = await compileFixture(t.testdir());

/** Units in the last place of a float32 near the value. */
const ulp32 = (value: number) => 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(value))) - 23);

t.test('exp of four float32: within 1.5 ulp from −86 to 0', async (t) => {
  let worst = 0;
  for (let i = 0; i <= 200_000; i++) {
    const x = Math.fround((-86 * i) / 200_000);
    const exact = Math.exp(x);
    worst = Math.max(worst, Math.abs(exp32(x) - exact) / ulp32(exact));
  }
  t.ok(worst <= 1.5, `worst ${worst} ulp`);
  t.equal(exp32(0), 1);
  t.equal(exp32(-1000), exp32(-86));
  t.equal(exp32(-Infinity), exp32(-86));
  t.ok(Number.isNaN(exp32(NaN)));
});

t.test('exp of a float64: within 2 ulp of the engine’s, from −708 to 0', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: -708, max: 0, noNaN: true }), (x) => {
      const exact = Math.exp(x);
      return Math.abs(exp64(x) - exact) <= 2 * Number.EPSILON * exact;
    }),
    { numRuns: 20_000 },
  );
  t.equal(exp64(0), 1);
  for (const x of [-708.5, -720, -740.25, -745]) {
    t.ok(Math.abs(exp64(x) - Math.exp(x)) <= Number.MIN_VALUE, `e^${x}`);
  }
  t.equal(exp64(-746), 0);
  t.equal(exp64(-Infinity), 0);
  t.ok(Number.isNaN(exp64(NaN)));
});

t.test('exp of two float64 has the bits of the plain formula', async () => {
  const numbers = fc.oneof(
    fc.double({ min: -760, max: 0 }),
    fc.double({ min: -1, max: 0 }),
    fc.constantFrom(0, -0, -708.4, -745.1, -745.2, -745.3, -Infinity, NaN),
  );
  fc.assert(
    fc.property(numbers, (x) => Object.is(exp64(x), plainExp64(x))),
    { numRuns: 50_000 },
  );
});

t.test('log of four float32: within 1 ulp or 6e−8', async (t) => {
  fc.assert(
    fc.property(fc.float({ min: 1, max: Math.fround(1e9), noNaN: true }), (x) => {
      const exact = Math.log(x);
      return Math.abs(log32(x) - exact) <= Math.max(ulp32(exact), 6e-8);
    }),
    { numRuns: 20_000 },
  );
  t.equal(log32(1), 0);
  t.ok(Math.abs(log32(10) - Math.LN10) < 2e-7);
  t.ok(Number.isNaN(log32(NaN)));
  t.ok(Number.isNaN(log32(Infinity)));
});
