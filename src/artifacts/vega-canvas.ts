/**
 * What Vega asks for its canvases; the bundle has it in place of the package `vega-canvas`. That one awaits
 * `import('canvas')` while it loads, and a process that ends in that moment, as one with a wrong flag does, was seen to
 * crash in V8 instead.
 */
import loaded, { type Canvas } from 'canvas';

export function canvas(width: number, height: number): Canvas {
  return loaded.createCanvas(width, height);
}

export function image(): typeof loaded.Image {
  return loaded.Image;
}
