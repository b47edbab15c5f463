import type { Look } from './theme.js';

/** What a chart's constant specification leaves open. */
export interface ChartData {
  /** Values of its named parameters, sizes where the data or the room decide on them. */
  readonly params: Readonly<Record<string, string | number | readonly string[]>> & {
    /** What a picture on paper has above the chart, and a page shows itself. */
    readonly heading: string;
    /** One text a line. */
    readonly subtitle: readonly string[];
  };
  /** Rows of its named data sets. */
  readonly datasets: Readonly<Record<string, readonly object[]>>;
}

/** The room that a page has for a picture. */
export interface Room {
  /** Pixels across. */
  readonly width: number;
  /** How many of these go to what stands beside the plots, as axes do: known once it has been drawn. */
  readonly margin: number;
}

/**
 * A picture of a payload: a Vega-Lite specification, constant but for its look, that names its parameters and data
 * sets, and a pure function from the payload to their contents. The build compiles the specification to the dataflow
 * that Vega runs, so that no run pays for it.
 */
export interface Chart<Payload> {
  /** A `TopLevelSpec` of Vega-Lite, a type that those who import this package need not have. */
  spec(look: Look): object;
  /** @param room for a picture in a page; one on paper has the size that suits it */
  data(payload: Payload, room?: Room): ChartData;
}

/** Pixels that a room has for plots. */
export function plotWidth({ width, margin }: Room): number {
  return Math.max(100, Math.floor(width - margin));
}

/** The size of a plot that fills a room's width. */
export function sizeWithin(room: Room): { width: number; height: number } {
  const width = plotWidth(room);
  return { width, height: Math.round(Math.min(Math.max(0.6 * width, 260), 400)) };
}

/** All text among the data of a chart. */
export function textOfChart({ params, datasets }: ChartData): string {
  return [params, ...Object.values(datasets).flat()]
    .flatMap(Object.values)
    .flat()
    .filter((value) => typeof value === 'string')
    .join('');
}
