/** A plugin of Vite: puts the licences of what the package contains, its fonts among it, beside those of what Vite took. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns {import('vite').Plugin} */
export function licences() {
  /** @type {string} */
  let root;
  return {
    name: 'licences',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    async generateBundle() {
      const files = ['THIRD-PARTY-LICENSES.txt', 'assets/fonts/LICENSE'];
      const texts = await Promise.all(files.map((file) => readFile(join(root, '../dist', file), 'utf8')));
      this.emitFile({
        type: 'asset',
        fileName: 'licences-of-digit-classifier.txt',
        source: texts.join('\n'),
      });
    },
  };
}
