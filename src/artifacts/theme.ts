import type { Config, TopLevelSpec } from 'vega-lite';
import { fonts } from '../generated/fonts.js';

/** The families of all fonts, each for the characters that those before it don't have. */
export const fontFamily = fonts.map(({ family }) => family).join(', ');

/** Pixels of a picture to one of its specification: sharp, and 1000 and more wide; 2 takes twice as long to draw. */
export const pictureScale = 1.4;

/** Where a picture is seen: by itself on white paper, as a PNG is, or in a page, which has headings of its own. */
export type Look = 'paper' | 'light' | 'dark';

/** The colours of a look. */
export interface Palette {
  /** What lies behind the picture. */
  readonly surface: string;
  /** Text, and lines that are as strong. */
  readonly ink: string;
  readonly muted: string;
  /** Lines of axes. */
  readonly faint: string;
  /** Lines that stay behind the data. */
  readonly line: string;
  /**
   * Hues by Okabe and Ito, told apart with any kind of colour vision (M. Okabe, K. Ito, Color Universal Design,
   * 2008), without their yellow, which is faint on white. The last, their black, is as strong as ink.
   */
  readonly hues: Readonly<
    Record<'blue' | 'vermillion' | 'green' | 'purple' | 'skyBlue' | 'orange' | 'strongest', string>
  >;
  /** Text on the blue and the vermillion. */
  readonly onHue: string;
  /** From mistakes alone over nothing to all that is right. */
  readonly shades: readonly [string, string, string, string, string];
  /** Text on the shade of nothing. */
  readonly onNothing: string;
  /** Text on shades of a luminance below and above that. */
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

/** Text in a page has to stand out: orange on white, and the zeros of a matrix. */
const light: Palette = {
  ...paper,
  hues: { ...paper.hues, vermillion: '#c04f00' },
  onNothing: '#8b95a1',
};

/** On what is almost black hues are lighter, and more of something is brighter. */
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

/** What the specifications of all pictures begin with, on paper with the heading. */
export function frameOf(look: Look): object {
  const { surface, ink, muted, faint, line } = palettes[look];
  const config: Config = {
    background: surface,
    padding: 28,
    font: fontFamily,
    // Descriptions for screen readers have no place in a PNG, and cost a string a mark.
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
      ? { config, title: { text: { expr: 'heading' }, subtitle: linesOf('subtitle') } }
      : { config: { ...config, background: 'transparent', padding: 1 } };
  return frame;
}

/** A subtitle whose lines are a parameter of that name. Vega-Lite compiles it, though its types have it for titles only. */
function linesOf(parameter: string): string[] {
  return { expr: parameter } as unknown as string[];
}
