import { ux } from '@oclif/core/ux';
import type { Benchmark, BenchmarkPace, BenchmarkResult } from '../generated/payloads.js';
import { counted, formatDuration } from '../text.js';

const columns = ['', 'epoch', 'quartiles', 'epochs/s', 'GFLOP/s', 'of limit'];

/** Formats a benchmark as a table for people, with bold and dim text if the terminal supports it. */
export function formatBenchmark({ machine, options, results, version }: Benchmark): string {
  const rows = results.map(({ threads, wasm, javascript }) => [
    cellsOf(threads === 1 ? 'WebAssembly' : `WebAssembly, ${counted(threads, 'thread')}`, wasm),
    cellsOf('JavaScript', javascript),
  ]);
  const widths = columns.map((title, column) =>
    Math.max(...[columns, ...rows.flat()].map((cells) => cells[column].length), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('   ');
  const bold = (text: string) => ux.colorize('bold', text);
  const dim = (text: string) => ux.colorize('dim', text);
  const gibibytes = (machine.memory_bytes / 2 ** 30).toFixed(0);
  return [
    `${machine.cpu}, ${counted(machine.cores, 'core')}, ${gibibytes} GiB, ${machine.os} ${machine.architecture}`,
    `digits ${version}, Node ${machine.node}, V8 ${machine.v8}: up to ${counted(options.repeats, 'round')} of ` +
      `${counted(options.epochs, 'epoch')} each in turn, on ${options.threads === 1 ? '' : 'up to '}` +
      counted(options.threads, 'thread') +
      (options.relaxed_simd ? ', with relaxed SIMD' : ''),
    '',
    dim(line(columns)),
    ...results.flatMap((result, index) => [
      bold(sizeOf(result)),
      ...rows[index].map(line),
      `${bold(`${result.speedup.toPrecision(3)} times as fast`)}; ` +
        `weights equal to ${result.weight_difference.toExponential(0)}; ` +
        `limit of 128-bit vectors ${result.peak_gflops.toFixed(1)} GFLOP/s per core; ${counted(result.rounds, 'round')}`,
      '',
    ]),
  ].join('\n');
}

function sizeOf({ shape }: BenchmarkResult): string {
  return `${shape.rows} rows × ${shape.features} features × ${shape.classes} classes`;
}

function cellsOf(core: string, pace: BenchmarkPace): string[] {
  return [
    core,
    formatDuration(pace.median_epoch_time_sec),
    `${formatDuration(pace.lower_quartile_sec)} – ${formatDuration(pace.upper_quartile_sec)}`,
    pace.epochs_per_sec.toFixed(pace.epochs_per_sec < 100 ? 1 : 0),
    pace.gflops.toFixed(1),
    `${(100 * pace.share_of_peak).toFixed(0)}%`,
  ];
}
