/** A plugin of Vite that writes `service-worker.js`, which caches all files of the page for use without a network. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns {import('vite').Plugin} */
export function offline() {
  /** @type {import('vite').ResolvedConfig} */
  let config;
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    configResolved(resolved) {
      config = resolved;
    },
    async generateBundle(_options, bundle) {
      const hash = createHash('sha256');
      // The picture of a link is for messengers, which ask for it themselves.
      const ofPage = Object.values(bundle).filter(({ fileName }) => fileName !== 'card.png');
      const built = ofPage.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]);
      const copied = await Promise.all(
        (await readdir(config.publicDir)).map(async (name) => [
          name,
          await readFile(join(config.publicDir, name)),
        ]),
      );
      const files = [...built, ...copied].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, content] of files) hash.update(name).update(content);
      const release = {
        version: hash.digest('hex').slice(0, 16),
        files: ['./', ...files.map(([name]) => `./${name}`).filter((name) => name !== './index.html')],
      };
      const script = await readFile(join(config.root, 'service-worker.js'), 'utf8');
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: `const release = ${JSON.stringify(release)};\n${script}`,
      });
    },
  };
}
