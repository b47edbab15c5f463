/** A plugin of Vite that adds the licences of what the package includes, such as fonts, and of the example tables, to those of what Vite bundles. */
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
      const files = [
        '../dist/THIRD-PARTY-LICENSES.txt',
        '../dist/assets/fonts/LICENSE',
        'examples/README.md',
      ];
      const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
      this.emitFile({
        type: 'asset',
        fileName: 'licences-of-digit-classifier.txt',
        source: texts.join('\n'),
      });
    },
  };
}
