import { formatShape, type Measurement, operationsOf, type Race, usedCores } from '../bench/measurement.js';
import { quartiles } from '../bench/quartiles.js';
import { benchmarkChart } from '../charts/benchmark.js';
import type { Benchmark, BenchmarkPace, BenchmarkResult } from '../generated/payloads.js';
import type { Artifact } from './artifact.js';

/** Training speed of the WebAssembly core and of the JavaScript baseline: the artifact of `digits bench`. */
export const benchmark: Artifact<Benchmark> = {
  name: 'benchmark',
  picture: 'benchmark.png',
  chart: benchmarkChart,
};

/** Summarises a benchmark by medians and quartiles, in the format of `benchmark.json`. */
export function summariseBenchmark(measurement: Measurement): Benchmark {
  const { date, version, machine, shapes, epochs, repeats, threads, arithmetic, races } = measurement;
  const { memory, ...engine } = machine;
  return {
    date: date.toISOString(),
    version,
    machine: { ...engine, memory_bytes: memory },
    options: {
      shapes: shapes.map(formatShape),
      epochs,
      repeats,
      threads,
      ...(arithmetic === 'relaxed' && { relaxed_simd: true }),
    },
    results: races.map((race) => resultOf(race, usedCores(race, machine))),
  };
}

function resultOf(
  { shape, threads, rounds, difference, peaks, wasm, javascript }: Race,
  used: number,
): BenchmarkResult {
  const operations = operationsOf(shape);
  const peak = quartiles(peaks).median;
  const paceOf = (seconds: readonly number[], cores: number): BenchmarkPace => {
    const { lower, median, upper } = quartiles(seconds);
    return {
      median_epoch_time_sec: median,
      lower_quartile_sec: lower,
      upper_quartile_sec: upper,
      epochs_per_sec: 1 / median,
      gflops: operations / median / 1e9,
      share_of_peak: operations / median / (cores * peak),
    };
  };
  const paces = { wasm: paceOf(wasm, used), javascript: paceOf(javascript, 1) };
  return {
    shape: { ...shape },
    threads,
    rounds,
    weight_difference: difference,
    peak_gflops: peak / 1e9,
    speedup: paces.javascript.median_epoch_time_sec / paces.wasm.median_epoch_time_sec,
    ...paces,
  };
}
