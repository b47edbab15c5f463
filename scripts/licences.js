/** Collects the licences of the packages whose code is in the bundles, as dist/THIRD-PARTY-LICENSES.txt. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages that come without the text of their licence, and others by the same authors that have it.
 *
 * @type {Readonly<Record<string, string>>}
 */
const textsElsewhere = {
  '@assemblyscript/loader': 'assemblyscript',
  '@polka/url': 'totalist',
  sirv: 'totalist',
};

/**
 * The licences of all packages that bundles have code of, each text once, below the packages that have it.
 *
 * @param {readonly import('esbuild').Metafile[]} metafiles of the bundles
 */
export async function licencesOf(metafiles) {
  const files = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const folders = new Set(
    files.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0] ?? []),
  );
  /** @type {Map<string, string[]>} */
  const namesByText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}package.json`, 'utf8'));
    const other = textsElsewhere[name];
    const text = await textIn(other === undefined ? folder : `node_modules/${other}/`);
    namesByText.set(text, [...(namesByText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const licences = [...namesByText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return licences.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The text of the licence in the folder of a package. */
async function textIn(/** @type {string} */ folder) {
  const file = (await readdir(root + folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence: name a package that has its text`);
  return (await readFile(root + folder + file, 'utf8')).trim();
}
