import { readFile, stat } from 'node:fs/promises';
import t from 'tap';

const text = await readFile(new URL('../../dist/core.wat', import.meta.url), 'utf8');

t.test('the core keeps no state, allocates nothing and is deterministic', async (t) => {
  t.match(text, /f32x4\.mul/, 'it computes in vectors');
  t.notMatch(text, /memory\.grow/);
  t.notMatch(text, /\(global /);
  t.notMatch(text, /relaxed/);
  t.notMatch(text, /\(data /, 'all of the memory is planned by JavaScript');
  t.same(text.match(/\(import [^\n]*/g), ['(import "env" "memory" (memory $0 0))']);
});

t.test('the ABI is what assembly/index.ts exports', async (t) => {
  const exported = [...text.matchAll(/\(export "(\w+)"/g)].map(([, name]) => name).sort();
  t.same(exported, ['gradient', 'logits', 'memory', 'pack', 'probabilities', 'reduce', 'update']);
});

t.test('the module is small', async (t) => {
  const { size } = await stat(new URL('../../dist/assets/core.wasm', import.meta.url));
  t.ok(size <= 12 * 1024, `${size} bytes`);
});
