import t from 'tap';
import { benchmark, summariseBenchmark } from '../../src/artifacts/benchmark.js';
import { composeArtifact } from '../../src/artifacts/bundle.js';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { validate } from '../../src/artifacts/schemas.js';
import type { Measurement } from '../../src/bench/measurement.js';
import { sampleBenchmark } from './samples.js';

const measurement: Measurement = {
  date: new Date(0),
  version: '1.2.3',
  machine: {
    cpu: 'A processor',
    cores: 4,
    memory: 2 ** 33,
    os: 'linux 6.1',
    architecture: 'x64',
    node: '20.0.0',
    v8: '11.3',
  },
  shapes: [{ rows: 1000, features: 25, classes: 10 }],
  epochs: 2,
  repeats: 2,
  threads: 2,
  arithmetic: 'deterministic',
  races: [
    {
      shape: { rows: 1000, features: 25, classes: 10 },
      threads: 2,
      rounds: 2,
      difference: 1e-7,
      peaks: [40e9, 60e9],
      wasm: [3e-5, 1e-4, 1e-4, 4e-4],
      javascript: [1e-3, 1e-3, 1e-3, 1e-3],
    },
  ],
};

t.test('a measurement as medians, and what follows from them', async (t) => {
  const payload = summariseBenchmark(measurement);
  await validate('benchmark', payload);
  t.match(payload, {
    date: '1970-01-01T00:00:00.000Z',
    machine: { memory_bytes: 2 ** 33, cores: 4 },
    options: { shapes: ['1000x25x10'], epochs: 2, repeats: 2, threads: 2 },
  });
  const [{ wasm, javascript, ...result }] = payload.results;
  t.match(result, { threads: 2, rounds: 2, peak_gflops: 50, weight_difference: 1e-7 });
  t.ok(Math.abs(result.speedup - 10) < 1e-9);
  // 4 · 1000 · 25 · 10 = a million operations.
  t.ok(Math.abs(wasm.gflops - 10) < 1e-9);
  t.ok(Math.abs(wasm.share_of_peak - 0.1) < 1e-9, 'of two cores');
  t.ok(Math.abs(javascript.share_of_peak - 0.02) < 1e-9, 'of one');
  t.ok(Math.abs(wasm.lower_quartile_sec - 8.25e-5) < 1e-12);
  t.ok(Math.abs(wasm.upper_quartile_sec - 1.75e-4) < 1e-12);
  t.ok(Math.abs(javascript.epochs_per_sec - 1000) < 1e-9);
});

t.test('its files are those of an artifact, and an invalid one makes none', async (t) => {
  const drawing = { draw: async () => new Uint8Array([1]) };
  const files = await composeArtifact(benchmark, sampleBenchmark(), drawing);
  t.same([...files.keys()], ['benchmark.json', 'benchmark.png']);
  t.same(JSON.parse(String(files.get('benchmark.json'))), sampleBenchmark());
  const broken = { ...sampleBenchmark(), date: 'today' };
  await t.rejects(composeArtifact(benchmark, broken, drawing), InvalidArtifactError);
});
