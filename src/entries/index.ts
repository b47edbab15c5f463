/**
 * `digits` for Node: data → model → metrics → artifacts, as plain functions on plain records. This is everything that
 * browsers get, plus what needs files and a drawing thread.
 */

export { type Drawing, startDrawing } from '../files/drawing.js';
export { OutputError, writeBundle } from '../files/writer.js';
export * from './artifacts.js';
export * from './browser.js';
export * from './pictures.js';
export * from './tables.js';
