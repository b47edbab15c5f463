import { readFile } from 'node:fs/promises';
import t from 'tap';
import { compileModule } from '../../src/core/module.js';
import { createWasmCore } from '../../src/core/wasm.js';
import { ABI_VERSION } from '../../src/generated/layout.js';

t.test('an engine without SIMD is refused in plain words', async (t) => {
  const { validate } = WebAssembly;
  t.teardown(() => {
    WebAssembly.validate = validate;
  });
  WebAssembly.validate = () => false;
  await t.rejects(compileModule(new Uint8Array(), 'deterministic'), { message: /lacks WebAssembly SIMD/ });
});

t.test('a core of another build is refused, and the message says what to do', async (t) => {
  const shape = { rows: 8, features: 2, classes: 2 };
  const bytes = await readFile(new URL('../../dist/assets/core.wasm', import.meta.url));
  const refuses = async (core: Uint8Array<ArrayBuffer>, found: string) => {
    const module = await WebAssembly.compile(core);
    t.throws(() => createWasmCore(module, shape), {
      message:
        `the compute core has ${found} of the ABI, but this program was built with version ${ABI_VERSION}: ` +
        "install digit-classifier again, or empty the browser's cache, so that core.wasm and the program " +
        'come from the same build',
    });
  };
  // Globals: a section of one constant int32, `i32.const ABI_VERSION; end`.
  const globals = Buffer.from([6, 6, 1, 0x7f, 0, 0x41, ABI_VERSION, 0x0b]);
  const newer = Buffer.from(bytes);
  newer[bytes.indexOf(globals) + 6]++;
  await refuses(newer, `version ${ABI_VERSION + 1}`);
  const nameless = Buffer.from(bytes);
  nameless.write('x', bytes.indexOf('abiVersion'));
  await refuses(nameless, 'no version');
  const own = await WebAssembly.compile(bytes);
  t.doesNotThrow(() => createWasmCore(own, shape));
});
