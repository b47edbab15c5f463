import t from 'tap';
import { compileModule } from '../../src/core/module.js';

t.test('an engine without SIMD is refused in plain words', async (t) => {
  const { validate } = WebAssembly;
  t.teardown(() => {
    WebAssembly.validate = validate;
  });
  WebAssembly.validate = () => false;
  await t.rejects(compileModule(new Uint8Array(), 'deterministic'), { message: /lacks WebAssembly SIMD/ });
});
