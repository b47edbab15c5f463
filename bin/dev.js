#!/usr/bin/env node
// For work on `digits` itself: builds with source maps, then runs, and shows stack traces.
import { build } from '../scripts/build.js';

await build({ debug: true });
process.env.DEBUG ??= 'digits';
process.setSourceMapsEnabled(true);
await import('./run.js');
