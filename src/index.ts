/**
 * `digits` in a Node program: data → model → metrics → artifacts, as plain functions on plain records. All that pages
 * have, and what takes files and a thread that draws.
 */

export { type Drawing, startDrawing } from './artifacts/drawing.js';
export { OutputError, writeBundle } from './artifacts/writer.js';
export * from './artifacts.js';
export * from './browser.js';
export * from './pictures.js';
export * from './tables.js';
