import { readFile, stat } from 'node:fs/promises';
import t from 'tap';
import * as layout from '../../src/generated/layout.js';

const text = await readFile(new URL('../../dist/core.wat', import.meta.url), 'utf8');

t.test('the core keeps no state, allocates nothing and is deterministic', async (t) => {
  t.match(text, /f32x4\.mul/, 'it computes in vectors');
  t.notMatch(text, /memory\.grow/);
  t.same(text.match(/^ \(global .*/gm), [' (global $assembly/index/abiVersion i32 (i32.const 4))']);
  t.notMatch(text, /relaxed/);
  t.notMatch(text, /\(data /, 'all of the memory is planned by JavaScript');
  t.same(text.match(/\(import [^\n]*/g), ['(import "env" "memory" (memory $0 0))']);
});

t.test('only the relaxed build is relaxed, and only in the two products', async (t) => {
  const relaxed = await readFile(new URL('../../dist/core-relaxed.wat', import.meta.url), 'utf8');
  const instructions = relaxed.match(/\w+\.relaxed_\w+/g) ?? [];
  t.ok(instructions.length >= 40);
  t.same([...new Set(instructions)], ['f32x4.relaxed_madd']);
  t.same(relaxed.match(/\(export "\w+"/g), text.match(/\(export "\w+"/g));
});

t.test('the ABI is what the guide says: each call, with all that it takes', async (t) => {
  const guide = await readFile(new URL('../../docs/browser.md', import.meta.url), 'utf8');
  const [, table] = guide.split('| call | does |');
  const told = table
    .split('\n\n', 1)[0]
    .split('\n')
    .flatMap((row) => [...row.split(' | ', 1)[0].matchAll(/`(\w+)\((.*?)\)`/g)])
    .map(([, name, words]) => `${name} takes ${words.split(', ').length}`);
  const bytes = await readFile(new URL('../../dist/assets/core.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const { abiVersion, memory: _, ...calls } = instance.exports;
  const exported = Object.entries(calls).map(
    ([name, call]) => `${name} takes ${(call as () => void).length}`,
  );
  t.same(told.sort(), exported.sort());
  t.match(guide, `Its exported global \`abiVersion\` is ${(abiVersion as WebAssembly.Global).value};`);
});

t.test('the core stays within a memory of 4 GiB, up to its end', async (t) => {
  const bytes = await readFile(new URL('../../dist/assets/core.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 65_535 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const { classify } = instance.exports;
  const [features, tileBytes] = [4096, 4096 * 32];
  // The last tile ends a page before 4 GiB: another would reach beyond, and its last address come out small.
  const tile = 65_535 * 65_536 - tileBytes;
  if (typeof classify === 'function') classify(tile, 8, features, 2, 1024, 200_000, 300_000);
  t.same([...new Int32Array(memory.buffer, 300_000, 8)], new Array(8).fill(0));
});

t.test('the module is small', async (t) => {
  const { size } = await stat(new URL('../../dist/assets/core.wasm', import.meta.url));
  t.ok(size <= 13 * 1024, `${size} bytes`);
});

t.test('the constants that the build gives to JavaScript are those of the guide', async (t) => {
  const guide = await readFile(new URL('../../docs/browser.md', import.meta.url), 'utf8');
  t.equal(layout.TILE_ROWS, 8);
  t.equal(layout.LANE_BYTES, layout.TILE_ROWS * 4);
  t.equal(layout.FEATURE_STEP, 2);
  t.equal(layout.PARAMETER_STEP, 8);
  t.match(
    guide,
    `| scratch | ${layout.SOFTMAX_CONSTANT_BYTES} + ⌈n / ${layout.TILE_ROWS}⌉ · k · ${layout.LANE_BYTES} |`,
  );
  t.match(guide, `Its exported global \`abiVersion\` is ${layout.ABI_VERSION};`);
});

t.test('what measures the limit of the machine touches no memory', async (t) => {
  const peak = await readFile(new URL('../../dist/peak.wat', import.meta.url), 'utf8');
  const exported = [...peak.matchAll(/\(export "(\w+)"/g)].map(([, name]) => name).sort();
  t.same(exported, ['burst', 'memory', 'operations']);
  t.notMatch(peak, /load|store|relaxed/);
  const loop = peak.slice(peak.indexOf('loop $'));
  const counts = ['mul', 'add'].map((name) => loop.split(`f32x4.${name}`).length - 1);
  t.equal(counts[0], 28);
  t.ok(counts[1] >= 28, 'as many additions, and those of the sum behind the loop');
});
