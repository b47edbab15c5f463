/**
 * A plugin of Vite that writes a gzipped copy beside each file of the page that gets smaller by it, for servers that send
 * such copies. There are none with Brotli: over http, browsers accept it from their own machine only, where a copy of
 * any kind saves nothing.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** The largest share of a file's bytes at which a copy is worth its place in the package: fonts have theirs compressed. */
const WORTHWHILE = 0.9;

/** @returns {import('vite').Plugin} */
export function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      await Promise.all(
        files.map(async ({ parentPath, name }) => {
          const path = join(parentPath, name);
          const bytes = await readFile(path);
          const copy = await compress(bytes, { level: 9 });
          if (copy.length <= WORTHWHILE * bytes.length) await writeFile(`${path}.gz`, copy);
        }),
      );
    },
  };
}
