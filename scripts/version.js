/** Writes the version of the package to src/generated/, for the files that record which program made them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const folder = new URL('../src/generated/', import.meta.url);

export async function writeVersion() {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  await mkdir(folder, { recursive: true });
  await writeFile(
    new URL('version.ts', folder),
    `// Generated from package.json by scripts/version.js.\nexport const version = ${JSON.stringify(version)};\n`,
  );
}
