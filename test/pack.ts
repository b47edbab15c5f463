import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './commands/digits.js';

const run = promisify(execFile);

/** Installs the package as it is packed in a folder, and resolves to the path of its tarball. */
export async function installPackage(folder: string): Promise<string> {
  const words = ['-u', 'NODE_OPTIONS', 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination'];
  const { stdout } = await run('env', [...words, folder], { cwd: root });
  const tarball = join(folder, stdout.trim());
  const installed = join(folder, 'node_modules/digit-classifier');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['xzf', tarball, '-C', installed, '--strip-components=1']);
  return tarball;
}
