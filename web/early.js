/**
 * A plugin of Vite that names in the head of the page all that its first answer needs, so that a browser asks for it at once, and
 * not for each file when the one before it has come. The order is that in which it is needed: the style, without which nothing is
 * painted; the script that starts the worker, as soon as it has come; the other scripts. The files of the worker are only fetched
 * ahead, into the browser's cache.
 */
import { basename } from 'node:path';
import { artifacts } from 'digit-classifier/artifacts';
import { parseAst } from 'vite';

/** The files that the worker loads before its first answer, as it needs them: its script, which imports others, is the first. */
const ofWorker = [
  'page-worker-.*\\.js',
  'digits-.*\\.bin',
  'core-(?!relaxed).*\\.wasm',
  ...artifacts.map(({ name }) => `browser-validator-${name}-.*\\.js`),
].map((pattern) => new RegExp(`^${pattern}$`));

/** A line of the head that names a style or a script. */
const LINK = /^ *<link rel="(?:stylesheet|modulepreload)".*\n/gm;

/** @param {string} source of a module */
const importsOf = (source) =>
  parseAst(source).body.flatMap((statement) =>
    'source' in statement && statement.source ? [basename(statement.source.value)] : [],
  );

/** @returns {import('vite').Plugin} */
export function early() {
  return {
    name: 'early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = Object.values(bundle).map((file) => ({ ...file, name: basename(file.fileName) }));
        const found = ofWorker.flatMap((pattern) => files.filter(({ name }) => pattern.test(name)));
        const [script] = found;
        const imported = importsOf(String(script.type === 'asset' && script.source));
        const links = html.match(LINK) ?? [];
        const isStyle = (/** @type {string} */ link) => link.includes('"stylesheet"');
        const [start] = links.filter((link) => /\/thread-/.test(link));
        const ordered = [
          // The style of the page itself, the last one, is the largest.
          ...links.filter(isStyle).reverse(),
          start.replace(
            /<link rel="modulepreload"(.*) href=(.*)>/,
            '<script type="module" async$1 src=$2></script>',
          ),
          ...links.filter((link) => link !== start && !isStyle(link)),
        ];
        return {
          html: html.replace(LINK, '').replace(/^ *<script/m, (first) => ordered.join('') + first),
          tags: [...imported.map((name) => `assets/${name}`), ...found.map(({ fileName }) => fileName)].map(
            (file) => ({ tag: 'link', attrs: { rel: 'prefetch', href: `./${file}` }, injectTo: 'head' }),
          ),
        };
      },
    },
  };
}
