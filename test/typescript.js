/**
 * Lets Node run the TypeScript of tests and sources, by `--import ./test/typescript.js`. esbuild translates a file in
 * about a millisecond; the loader that tap brings would first load TypeScript itself, for a second in every process.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from 'esbuild';

// Hooks run in a thread of their own, which loads this file once more.
if (isMainThread) register(import.meta.url);

/**
 * Finds `x.ts` where a `.ts` file imports `x.js`, as TypeScript does.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, next) {
  const source = context.parentURL?.endsWith('.ts') ? specifier.replace(/^(\..*)\.js$/, '$1.ts') : specifier;
  try {
    return await next(source, context);
  } catch (error) {
    if (source === specifier) throw error;
    return next(specifier, context);
  }
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const sourcefile = fileURLToPath(url);
  const { code } = await transform(await readFile(sourcefile, 'utf8'), {
    loader: 'ts',
    sourcefile,
    sourcemap: 'inline',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
