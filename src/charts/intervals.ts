import type { Look } from './theme.js';

/** What the horizontal axis of estimates is about. */
interface Estimated {
  readonly look: Look;
  readonly title: string;
  /** As d3-format has it. */
  readonly format: string;
  /** Whether the axis begins at zero, as that of bars has to. */
  readonly zero: boolean;
}

/**
 * The encodings of a picture with a line for each name, and along it an estimate and its interval. Its data set has rows of
 * `name`, `estimate`, `low` and `high`.
 */
export function intervalsByName({ look, title, format, zero }: Estimated) {
  const y = {
    field: 'name',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { labelLimit: 280, grid: false },
  } as const;
  const x = {
    type: 'quantitative',
    title,
    scale: { zero },
    // A page has no room for a half of the last label beside the plot.
    axis: { format, tickCount: 6, grid: true, labelFlush: look !== 'paper' },
  } as const;
  return {
    estimate: { y, x: { ...x, field: 'estimate' } },
    interval: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
  } as const;
}
