import type { HasFont } from './class-names.js';
import type { Look } from './theme.js';

/** The variable parts of a chart, whose specification is otherwise constant. */
export interface ChartData {
  /** Values of the named parameters, including sizes that depend on the data or on the room. */
  readonly params: Readonly<Record<string, string | number | readonly string[] | readonly number[]>> & {
    /** Title above the chart on paper; a page shows it outside the picture. */
    readonly heading: string;
    /** One text per line. */
    readonly subtitle: readonly string[];
  };
  /** Rows of the named data sets. */
  readonly datasets: Readonly<Record<string, readonly object[]>>;
}

/** The room that a page has for a picture. */
export interface Room {
  /** Width in pixels. */
  readonly width: number;
  /** Pixels of the width that axes and other things beside the plots take; known once it has been drawn. */
  readonly margin: number;
}

/**
 * A picture of a payload: a Vega-Lite specification with named parameters and data sets, which depends only on the look,
 * and a pure function from the payload to their contents. The build compiles the specification to a dataflow of Vega, so
 * that no run has to.
 */
export interface Chart<Payload> {
  /** A Vega-Lite `TopLevelSpec`; typed as an object so that importers don't need Vega-Lite's types. */
  spec(look: Look): object;
  /** The names that the picture shows, of whatever script. */
  names?(payload: Payload): readonly string[];
  /**
   * @param room set for a picture in a page; one on paper has the size that suits it
   * @param hasFont which characters can be drawn that the package's fonts lack; by default none
   */
  data(payload: Payload, room?: Room, hasFont?: HasFont): ChartData;
}

/** Pixels available for plots in a room. */
export function plotWidth({ width, margin }: Room): number {
  return Math.max(100, Math.floor(width - margin));
}

/** The size of a plot that fills a room's width. */
export function sizeWithin(room: Room): { width: number; height: number } {
  const width = plotWidth(room);
  return { width, height: Math.round(Math.min(Math.max(0.6 * width, 260), 400)) };
}

/** All text in the data of a chart. */
export function textOfChart({ params, datasets }: ChartData): string {
  return [params, ...Object.values(datasets).flat()]
    .flatMap(Object.values)
    .flat()
    .filter((value) => typeof value === 'string')
    .join('');
}

/** The formats of pictures: pixels, or shapes and text. */
export const imageFormats = ['png', 'svg'] as const;

export type ImageFormat = (typeof imageFormats)[number];

/** The file names of a picture, `NAME.png`, in those formats, each once. */
export function imageFiles(picture: string, formats: readonly ImageFormat[]): string[] {
  return [...new Set(formats)].map((format) => picture.replace(/png$/, format));
}

/**
 * Draws the chart with that file name, whose ending is the format, from the given data, and resolves to the bytes of the file.
 */
export type Draw = (picture: string, data: ChartData) => Promise<Uint8Array>;

/** Finds fonts for those characters of names that the package's fonts lack. Pictures that are drawn later use them. */
export type FindFonts = (names: readonly string[]) => Promise<HasFont>;
