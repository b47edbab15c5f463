import t from 'tap';
import { loadPeak } from '../../src/bench/peak.js';

t.test('the limit is that of some machine, burst after burst', async (t) => {
  const measure = await loadPeak('deterministic');
  const bursts = Array.from({ length: 20 }, measure).sort((a, b) => a - b);
  t.ok(bursts[10] > 1e9 && bursts[10] < 1e12, `${bursts[10]} operations a second`);
});
