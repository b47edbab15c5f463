/**
 * A plugin of esbuild that puts modules which start together into one file. By itself, esbuild makes a file for each set of
 * entries that share modules: dozens of small ones, and Node takes about a millisecond of computation to find and link one.
 */
import { join, normalize, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * What an entry needs at its start becomes one file for each part, and one for the rest. CommonJS modules are left where
 * esbuild puts them: to import one is to run it, which their importers may do late or never.
 *
 * @param {string} entry path of a module
 * @param {readonly string[]} parts paths of modules that it needs, and that other entries need without the rest; what two of
 * them need belongs to the first
 * @returns {import('esbuild').Plugin}
 */
export const together = (entry, parts) => ({
  name: 'together',
  async setup({ initialOptions, onResolve, onLoad }) {
    const root = initialOptions.absWorkingDir ?? process.cwd();
    const { metafile } = await build({ ...initialOptions, plugins: [], metafile: true, write: false });
    const { inputs, outputs } = metafile;
    /** The exports of each module that is an entry, or is imported when it is needed. */
    const exportsOf = new Map(
      Object.values(outputs).flatMap(({ entryPoint, exports }) =>
        entryPoint ? [[entryPoint, exports]] : [],
      ),
    );

    const needed = new Set(staticImports(entry, inputs));
    const taken = new Set(exportsOf.keys());
    const files = [...parts, entry].map((part) => {
      const own = staticImports(part, inputs).filter(
        (file) => needed.has(file) && !taken.has(file) && inputs[file].format === 'esm',
      );
      for (const file of own) taken.add(file);
      return own;
    });
    const moved = new Set(files.flat());

    // An entry that needs a module imports all that belong together with it: esbuild then finds the same entries for each.
    const wrapped = new Map(
      [...exportsOf].flatMap(([name, exports]) => {
        const imported = new Set(staticImports(name, inputs));
        const all = files.filter((group) => group.some((file) => imported.has(file))).flat();
        if (all.length === 0 || inputs[name].format !== 'esm') return [];
        const lines = all.map((file) => `import ${JSON.stringify(join(root, file))};`);
        const own = JSON.stringify(join(root, name));
        if (exports.includes('default')) lines.push(`export { default } from ${own};`);
        return [[name, [...lines, `export * from ${own};`].join('\n')]];
      }),
    );

    onResolve({ filter: /./ }, ({ path, importer, kind, namespace }) => {
      if (namespace === 'together') return { path, sideEffects: true };
      const { imports = [] } = inputs[relative(root, importer)] ?? {};
      const found =
        imports.find((one) => one.kind === kind && one.original === path)?.path ?? normalize(path);
      const isEntry = kind === 'entry-point' || kind === 'dynamic-import';
      if (isEntry && wrapped.has(found)) return { path: found, namespace: 'together' };
      // Otherwise package.json would let esbuild leave it out of an entry that does not use it.
      return moved.has(found) ? { path: join(root, found), sideEffects: true } : undefined;
    });
    onLoad({ filter: /./, namespace: 'together' }, ({ path }) => ({
      contents: wrapped.get(path),
      resolveDir: root,
    }));
  },
});

/**
 * A module and all that it imports statically, imported ones before their importers.
 *
 * @param {string} file
 * @param {import('esbuild').Metafile['inputs']} inputs
 * @param {Set<string>} [seen]
 * @returns {string[]}
 */
function staticImports(file, inputs, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const { imports } = inputs[file];
  const needed = imports.filter(({ kind, external }) => kind !== 'dynamic-import' && !external);
  return [...needed.flatMap(({ path }) => staticImports(path, inputs, seen)), file];
}
