import { readdirSync } from 'node:fs';
import t from 'tap';
import { TIMEOUT } from './chromium.js';

const home = new URL('.', import.meta.url);

/** Rooms whose tests share a process, by the file in `rooms/` that runs them. */
const shared = {
  data: ['data'],
  model: ['assembly', 'core', 'metrics', 'model', 'run', 'trials'],
};

/** Each file of these has a process of its own, for most start others. tap finds them by its `include` in package.json. */
const apart = ['commands', 'entries', 'fixtures', 'rooms', 'server', 'web'];

function otherRooms(): string[] {
  const folders = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const known = [...Object.values(shared).flat(), ...apart];
  return folders.map(({ name }) => name).filter((name) => !known.includes(name));
}

/**
 * Runs the tests of some rooms in this process: to start one for each file takes longer than most of them. With
 * `--quick`, files named `*.slow.test.ts` are left out. Only one file of a process may call `t.testdir` outside of its
 * tests: another call would empty the same folder.
 */
export async function testRooms(group: keyof typeof shared | 'others'): Promise<void> {
  t.setTimeout(TIMEOUT);
  const ending = process.argv.includes('--quick') ? /(?<!\.slow)\.test\.ts$/ : /\.test\.ts$/;
  for (const room of group === 'others' ? otherRooms() : shared[group]) {
    const folder = new URL(`${room}/`, home);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files) if (ending.test(file)) await import(new URL(file, folder).href);
  }
}
