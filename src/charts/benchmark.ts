import type { TopLevelSpec } from 'vega-lite';
import { usedCores } from '../bench/measurement.js';
import type { Benchmark, BenchmarkResult } from '../generated/payloads.js';
import { counted, grouped, timed } from '../text.js';
import type { Chart } from './chart.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Width in pixels. */
const width = 680;

/** Share of the axis taken by a letter of a label. */
const letterShare = 0.011;

const y = { field: 'index', type: 'ordinal' } as const;
const yOffset = { field: 'core', type: 'nominal', scale: { paddingOuter: 0.1 }, sort: null } as const;

function specOf(look: Look) {
  const { ink, muted, hues, onHue } = palettes[look];
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'note', value: '' },
      { name: 'shapes', value: [] },
      { name: 'limit', value: 1 },
    ],
    width,
    height: { step: 46, for: 'offset' },
    layer: [
      {
        encoding: {
          x: {
            type: 'quantitative',
            title: 'Floating-point operations per second (GFLOP/s)',
            scale: { domain: { expr: '[0, limit]' }, nice: false },
            axis: { tickCount: 7 },
          },
          y: {
            ...y,
            scale: { paddingInner: 0.25, paddingOuter: 0.12 },
            axis: {
              title: null,
              domain: false,
              labelExpr: "split(shapes[datum.value], '\\n')",
              labelColor: ink,
              labelFontSize: 13,
              labelLineHeight: 18,
            },
          },
          yOffset,
        },
        layer: [
          {
            data: { name: 'bars' },
            mark: { type: 'bar' },
            encoding: {
              x: { field: 'gflops', type: 'quantitative' },
              color: {
                condition: { test: "datum.core === 'WebAssembly'", value: hues.blue },
                value: hues.vermillion,
              },
            },
          },
          {
            data: { name: 'bars' },
            mark: { type: 'rule', color: ink, strokeWidth: 1.5, opacity: 0.75 },
            encoding: {
              x: { field: 'slower', type: 'quantitative' },
              x2: { field: 'faster' },
            },
          },
          {
            data: { name: 'bars' },
            mark: { type: 'tick', orient: 'vertical', color: ink, thickness: 2, size: 46 },
            encoding: { x: { field: 'peak', type: 'quantitative' } },
          },
          {
            data: { name: 'bars' },
            transform: [{ filter: "datum.core === 'JavaScript'" }],
            mark: { type: 'text', align: 'right', dx: -8, fontSize: 12, lineHeight: 16, color: muted },
            encoding: { x: { field: 'peak', type: 'quantitative' }, text: { field: 'peakLabel' } },
          },
          ...[
            {
              side: 'datum.gflops >= datum.labelShare * limit',
              align: 'right' as const,
              dx: -12,
              color: onHue,
            },
            {
              side: 'datum.gflops < datum.labelShare * limit',
              align: 'left' as const,
              dx: 10,
              color: ink,
            },
          ].map(({ side, align, dx, color }) => ({
            data: { name: 'bars' },
            transform: [{ filter: side }],
            mark: { type: 'text' as const, align, dx, color, fontSize: 13, fontWeight: 600 as const },
            encoding: {
              x: { field: align === 'right' ? 'slower' : 'faster', type: 'quantitative' as const },
              text: { field: 'label' },
            },
          })),
        ],
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'text',
          text: { expr: 'note' },
          x: 0,
          y: { expr: 'height + 64' },
          align: 'left',
          fontSize: 12,
          color: muted,
        },
      },
    ],
  } satisfies TopLevelSpec;
}

/** The speed of both cores on each table, and the limit of the machine. */
export const benchmarkChart: Chart<Benchmark> = {
  spec: specOf,
  data: ({ machine, options, results }) => ({
    params: {
      heading: headingOf(results),
      subtitle: ['Full-batch epochs of both in turn: the median, and a line from quartile to quartile'],
      note: [
        machine.cpu,
        `Node ${machine.node}`,
        `${counted(options.repeats, 'round')} of ${counted(options.epochs, 'epoch')}`,
        ...(options.relaxed_simd ? ['relaxed SIMD'] : []),
      ].join(' · '),
      shapes: results.map(({ shape, speedup }) => {
        const size = [shape.rows, shape.features, shape.classes].map(grouped);
        return `${size.join(' × ')}\n${times(speedup)} as fast`;
      }),
      limit:
        1.01 *
        Math.max(
          ...results.flatMap((result) => [
            result.peak_gflops * usedCores(result, machine),
            result.wasm.gflops,
          ]),
        ),
    },
    datasets: {
      bars: results.flatMap((result, index) =>
        [
          { core: 'WebAssembly', threads: result.threads, pace: result.wasm },
          { core: 'JavaScript', threads: 1, pace: result.javascript },
        ].map(({ core, threads, pace }) => {
          const racer = threads === 1 ? core : `${core} on ${counted(threads, 'thread')}`;
          const label = `${racer} · ${timed(pace.median_epoch_time_sec)} per epoch`;
          return {
            index,
            core,
            gflops: pace.gflops,
            slower: (pace.gflops * pace.median_epoch_time_sec) / pace.upper_quartile_sec,
            faster: (pace.gflops * pace.median_epoch_time_sec) / pace.lower_quartile_sec,
            label,
            labelShare: letterShare * label.length,
            peak: result.peak_gflops * usedCores(result, machine),
            peakLabel:
              result.threads === 1
                ? ['limit of', '128-bit vectors']
                : ['limit of 128-bit', `vectors on ${counted(usedCores(result, machine), 'core')}`],
          };
        }),
      ),
    },
  }),
};

function headingOf(results: readonly BenchmarkResult[]): string {
  const speedups = results.map(({ speedup }) => speedup);
  const [least, most] = [Math.min(...speedups), Math.max(...speedups)].map(times);
  return `WebAssembly trains ${least === most ? least : `${least} to ${most}`} as fast as JavaScript`;
}

function times(ratio: number): string {
  return `${Number(ratio.toPrecision(2))}×`;
}
