/** Reads a table with `readTable`, and prints the seconds. */
import { readTable } from '../../dist/index.js';

const start = performance.now();
await readTable(process.argv[2]);
console.log((performance.now() - start) / 1000);
