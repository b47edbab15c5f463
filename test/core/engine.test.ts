import t from 'tap';
import { compileCore } from '../../src/core/wasm.js';

t.test('an engine without SIMD is refused in plain words', async (t) => {
  const { validate } = WebAssembly;
  t.teardown(() => {
    WebAssembly.validate = validate;
  });
  WebAssembly.validate = () => false;
  await t.rejects(compileCore(new Uint8Array()), { message: /lacks WebAssembly SIMD/ });
});
