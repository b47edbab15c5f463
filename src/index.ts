/**
 * `digits` in a Node program: data → model → metrics → artifacts, as plain functions on plain records. All that pages
 * have, and what takes files and a thread that draws.
 */

export { type Drawing, startDrawing } from './artifacts/drawing.js';
export { OutputError, writeBundle } from './artifacts/writer.js';
export * from './artifacts.js';
export * from './browser.js';
export type { OnRead } from './data/files.js';
export { type DatasetOptions, readTable, type TableOptions } from './data/read-table.js';
export { formats } from './data/readers/registry.js';
export { type Place, TableError } from './data/table.js';
