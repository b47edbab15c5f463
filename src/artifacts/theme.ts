import type { Config } from 'vega-lite';
import { fonts } from '../generated/fonts.js';

/** What the renderer registers a font as: a name of our own, so that no font of the system can stand in. */
export function familyOf(subset: string): string {
  return `Digits Sans ${subset}`;
}

/** The families of all fonts, each for the characters that those before it don't have. */
export const fontFamily = fonts.map(({ subset }) => familyOf(subset)).join(', ');

/**
 * Hues by Okabe and Ito, told apart with any kind of colour vision (M. Okabe, K. Ito, Color Universal Design,
 * 2008), without their yellow, which is faint on white.
 */
export const hues = {
  blue: '#0072b2',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#cc79a7',
  skyBlue: '#56b4e9',
  orange: '#e69f00',
  black: '#000000',
} as const;

/** Greys, from text down to lines that stay behind the data. */
export const greys = { ink: '#1c2430', muted: '#5a6572', faint: '#b4bcc6', line: '#e4e8ec' } as const;

/** The look that all pictures share. */
export const theme: Config = {
  background: 'white',
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
    color: greys.ink,
    subtitleFontSize: 13.5,
    subtitleColor: greys.muted,
    subtitlePadding: 7,
  },
  axis: {
    domainColor: greys.faint,
    gridColor: greys.line,
    labelColor: greys.muted,
    labelFlush: false,
    labelFontSize: 12,
    labelPadding: 6,
    ticks: false,
    titleColor: greys.ink,
    titleFontSize: 13,
    titleFontWeight: 600,
    titlePadding: 12,
  },
  legend: {
    labelColor: greys.ink,
    labelFontSize: 12,
    gradientLabelOffset: 6,
    offset: 28,
    titleColor: greys.ink,
    titleFontSize: 13,
    titleFontWeight: 600,
    titlePadding: 8,
  },
  view: { stroke: null },
};

/** A subtitle whose lines are a parameter of that name. Vega-Lite compiles it, though its types have it for titles only. */
export function subtitleOf(parameter: string): string[] {
  return { expr: parameter } as unknown as string[];
}
