import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import webpack from 'webpack';

/** Bundles a folder's `main.js` and the page around it, as webpack does without a configuration. */
export async function bundleWithWebpack(context: string, path: string): Promise<void> {
  const compiler = webpack({ context, mode: 'production', entry: './main.js', output: { path } });
  const stats = await promisify(compiler.run.bind(compiler))();
  if (stats?.hasErrors()) throw new Error(stats.toString());
  const page = readFileSync(join(context, 'index.html'), 'utf8');
  writeFileSync(join(path, 'index.html'), page.replace('type="module"', 'defer'));
}
