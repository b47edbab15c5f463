import type { Config, TopLevelSpec } from 'vega-lite';
import { fonts } from '../generated/fonts.js';

/** All font families, in order of preference: each has characters that those before it lack. */
export const fontFamily = fonts.map(({ family }) => family).join(', ');

/**
 * Where the package's fonts are not: the font that they are made of, one of the same widths or nearly, and any. A report
 * says what "DejaVu Narrowed" is.
 */
export const openFontFamily =
  'Inter, Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Narrowed, sans-serif';

/** Pixels of the specification on an inch of paper, as CSS has them. */
export const pixelsPerInch = 96;

/**
 * Device pixels per pixel of the specification: sharp, and at least 1000 wide; 2 would take twice as long to draw.
 */
export const pictureScale = 1.4;

/**
 * Where a picture is seen: on white paper, as a stand-alone PNG, or in a light or dark page with headings of its
 * own.
 */
export type Look = 'paper' | 'light' | 'dark';

/** The colours of a look. */
export interface Palette {
  /** Background of the picture. */
  readonly surface: string;
  /** Text, and lines of the same strength. */
  readonly ink: string;
  readonly muted: string;
  /** Axis lines. */
  readonly faint: string;
  /** Lines behind the data. */
  readonly line: string;
  /**
   * Hues of Okabe and Ito, distinguishable with any kind of colour vision (M. Okabe, K. Ito, Color Universal
   * Design, 2008), without their yellow, which is faint on white. The last, their black, is as strong as ink.
   */
  readonly hues: Readonly<
    Record<'blue' | 'vermillion' | 'green' | 'purple' | 'skyBlue' | 'orange' | 'strongest', string>
  >;
  /** Text on blue and vermillion. */
  readonly onHue: string;
  /** From all mistakes, over nothing, to all correct. */
  readonly shades: readonly [string, string, string, string, string];
  /** Text on the shade of nothing. */
  readonly onNothing: string;
  /** Text on shades below and above the given luminance. */
  readonly onShades: { readonly luminance: number; readonly below: string; readonly above: string };
}

const paper: Palette = {
  surface: 'white',
  ink: '#1c2430',
  muted: '#5a6572',
  faint: '#b4bcc6',
  line: '#e4e8ec',
  hues: {
    blue: '#0072b2',
    vermillion: '#d55e00',
    green: '#009e73',
    purple: '#cc79a7',
    skyBlue: '#56b4e9',
    orange: '#e69f00',
    strongest: '#000000',
  },
  onHue: 'white',
  shades: ['#993404', '#f28c42', '#f4f5f7', '#6aa9d8', '#084594'],
  onNothing: '#c5ccd4',
  onShades: { luminance: 0.22, below: 'white', above: '#1c2430' },
};

/** Text in a page needs more contrast: orange on white, and the zeros of a matrix. */
const light: Palette = {
  ...paper,
  hues: { ...paper.hues, vermillion: '#c04f00' },
  onNothing: '#8b95a1',
};

/** On a dark background, hues are lighter, and larger shares are brighter. */
const dark: Palette = {
  surface: '#1a2027',
  ink: '#e6eaef',
  muted: '#9aa5b1',
  faint: '#4a5560',
  line: '#2c343d',
  hues: {
    blue: '#4a9fe0',
    vermillion: '#f2793a',
    green: '#1fb58a',
    purple: '#dc8fbb',
    skyBlue: '#a3dbff',
    orange: '#f0b93a',
    strongest: '#ffffff',
  },
  onHue: '#000000',
  shades: ['#ffb066', '#c9651d', '#222a33', '#2f6fae', '#7cc0ff'],
  onNothing: '#8d98a4',
  onShades: { luminance: 0.179, below: '#ffffff', above: '#000000' },
};

export const palettes: Readonly<Record<Look, Palette>> = { paper, light, dark };

/** The parameters that every specification has. */
export const headingParams = [
  { name: 'heading', value: '' },
  { name: 'subtitle', value: [] },
];

/** The common part of all specifications; on paper, with the heading. */
export function frameOf(look: Look): object {
  const { surface, ink, muted, faint, line } = palettes[look];
  const config: Config = {
    background: surface,
    padding: 28,
    font: fontFamily,
    // Descriptions for screen readers are of no use in a PNG, and cost a string per mark.
    aria: false,
    title: {
      anchor: 'start',
      frame: 'bounds',
      offset: 22,
      fontSize: 21,
      fontWeight: 600,
      color: ink,
      subtitleFontSize: 13.5,
      subtitleColor: muted,
      subtitlePadding: 7,
    },
    axis: {
      domainColor: faint,
      gridColor: line,
      labelColor: muted,
      labelFlush: false,
      labelFontSize: 12,
      labelPadding: 6,
      ticks: false,
      titleColor: ink,
      titleFontSize: 13,
      titleFontWeight: 600,
      titlePadding: 12,
    },
    legend: {
      labelColor: ink,
      labelFontSize: 12,
      gradientLabelOffset: 6,
      offset: 28,
      titleColor: ink,
      titleFontSize: 13,
      titleFontWeight: 600,
      titlePadding: 8,
    },
    view: { stroke: null },
  };
  const frame: Pick<TopLevelSpec, 'config' | 'title'> =
    look === 'paper'
      ? { config, title: { text: { expr: 'heading' }, subtitle: signalOf<string[]>('subtitle') } }
      : { config: { ...config, background: 'transparent', padding: 1 } };
  return frame;
}

/**
 * A value from an expression of parameters, where Vega accepts one and Vega-Lite passes it on, but its types allow for
 * a constant only.
 */
export function signalOf<Value>(expression: string): Value {
  return { signal: expression } as Value;
}
