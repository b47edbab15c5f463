/**
 * The canvases that Vega needs, bundled in place of the package `vega-canvas`. That one awaits `import('canvas')`
 * while it loads, and a process that exits at that moment, as with a wrong flag, was seen to crash in V8.
 */
import loaded, { type Canvas } from 'canvas';

export function canvas(width: number, height: number): Canvas {
  return loaded.createCanvas(width, height);
}

export function image(): typeof loaded.Image {
  return loaded.Image;
}
