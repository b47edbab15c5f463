import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../commands/digits.js';

const text = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');

/** The packages of each licence, and its text. */
const licences = text.split(`\n${'-'.repeat(80)}\n\n`).map((part) => {
  const [names, ...paragraphs] = part.split('\n\n');
  return {
    packages: names.split('\n').map((line) => line.replace(/ \S+ \([^()]+\)$/, '')),
    text: paragraphs.join('\n\n'),
  };
});

/** The packages that bundles have code of: where names are not shortened, esbuild says so in a comment. */
function packagesIn(folder: string): Set<string> {
  const files = readdirSync(join(root, folder), { recursive: true }).map(String);
  const scripts = files.filter((file) => file.endsWith('.js'));
  return new Set(
    scripts.flatMap((file) => {
      const code = readFileSync(join(root, folder, file), 'utf8');
      const comments = code.matchAll(/^ *\/\/ (?:\S*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm);
      return [...comments].map(([, name]) => name);
    }),
  );
}

t.test('every package that is bundled is named, with the text of its licence', async (t) => {
  const named = licences.flatMap(({ packages }) => packages);
  const bundled = new Set([...packagesIn('dist'), ...packagesIn('src/generated/validators')]);
  t.ok(bundled.size > 30, `${bundled.size} packages`);
  t.strictSame(
    [...bundled].filter((name) => !named.includes(name)),
    [],
  );
  for (const name of ['sirv', '@polka/url', '@assemblyscript/loader', 'ajv', 'fast-deep-equal', 'vega']) {
    t.ok(named.includes(name), name);
  }
  for (const { packages, text } of licences) {
    t.match(text, /copyright|licensor/i, packages.join());
    t.match(text, /warrant/i, packages.join());
  }
});
