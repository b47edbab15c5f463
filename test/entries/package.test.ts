import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import t from 'tap';
import { root } from '../commands/digits.js';
import { installPackage } from '../pack.js';

const execute = promisify(execFile);

/** Runs a command as a user would; resolves to what it prints, also where it fails. */
async function run(command: string, args: readonly string[], cwd = root): Promise<string> {
  try {
    const { stdout } = await execute('env', ['-u', 'NODE_OPTIONS', command, ...args], { cwd });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `failed: ${stdout}${stderr}`;
  }
}

const runPackaged = (script: string, ...args: string[]) =>
  run(process.execPath, [`${root}node_modules/${script}`, ...args]);

const folder = t.testdir({
  'package.json': '{ "type": "module" }',
  'uncaught.js': `
    import { loadDataflow } from 'digit-classifier/charts';
    import { fit } from 'digit-classifier/inline';
    import { datasetOf, everyRow, SoftmaxRegression } from 'digit-classifier';
    import { readTable } from 'digit-classifier/tables';

    const table = datasetOf([[0, 1], [1, 0]], ['a', 'b']);
    const options = { epochs: 9, learningRate: 1e38, learningRateDecay: 0, l2: 1 };
    await {
      TableError: () => readTable('missing.csv'),
      InvalidArtifactError: () => SoftmaxRegression.fromJSON('{}'),
      DivergenceError: () => new SoftmaxRegression(options).fit(table),
      inline: () => fit(table, everyRow(table.features), options),
      RangeError: () => loadDataflow('pie.png', 'dark'),
    }[process.argv[2]]();
  `,
  'names.js': `
    const words = ['', '/artifacts', '/bench', '/charts', '/inline', '/pictures', '/tables'];
    for (const word of words) {
      for (const [name, value] of Object.entries(await import('digit-classifier' + word))) {
        if (typeof value === 'function' && value.name !== name) console.log(word, name, value.name);
      }
    }
  `,
  'silent.js': `
    import { syncBuiltinESMExports } from 'node:module';
    import os from 'node:os';

    for (const [name, value] of Object.entries(os)) {
      if (typeof value === 'function') os[name] = () => console.log('asks for', name);
    }
    syncBuiltinESMExports();
    await import('./names.js');
  `,
  'page.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'esnext',
      moduleResolution: 'bundler',
      customConditions: ['browser'],
    },
    files: ['page.ts'],
  }),
  'page.ts': `
    import { type Epoch, loadDigits, SoftmaxRegression } from 'digit-classifier';
    import { artifacts, artifactsByName, type Metrics, validate, validators } from 'digit-classifier/artifacts';
    import { type Race, race } from 'digit-classifier/bench';
    import { loadDataflow, type Look } from 'digit-classifier/charts';
    import { fit } from 'digit-classifier/inline';
    import { digitFeatures, readPicture } from 'digit-classifier/pictures';
    import { type DatasetOptions, readTable as readBlob, TableError } from 'digit-classifier/tables';
    // @ts-expect-error
    import { readTable } from 'digit-classifier';

    const digits = await loadDigits();
    const onEpoch = ({ epoch }: Epoch) => console.log(epoch);
    await new SoftmaxRegression().fit(digits, { onEpoch });
    const found: unknown = {};
    const isMetrics = await validators.metrics();
    if (isMetrics(found)) found satisfies Metrics;
    const checked = await validate('metrics', found);
    checked satisfies Metrics;
    // @ts-expect-error
    await fit(digits, 'every row', {});
    const options: DatasetOptions = { labels: new Blob(), onRead: (read) => console.log(read) };
    await readBlob(new File([], 'a.csv'), options).catch((error) => error instanceof TableError);
    // @ts-expect-error
    await readBlob('a.csv');
    const picture: Float32Array = await readPicture(new Blob());
    picture.set(digitFeatures('drawing', { width: 1, height: 1, pixels: new ImageData(1, 1).data }));
    const look: Look = 'dark';
    const { picture: file, chart } = artifactsByName.metrics;
    if (isMetrics(found)) chart.data(found, { width: 330, margin: 50 }).params.heading satisfies string;
    await loadDataflow(file, look);
    // @ts-expect-error
    await loadDataflow(file, 'grey');
    export const racing = (): AsyncGenerator<Race> =>
      // @ts-expect-error
      race({ rows: 1 });
    export const flags = artifacts.map(({ flag }) => flag);
  `,
  'program.ts': `
    import * as library from 'digit-classifier';
    import { evaluate, SoftmaxRegression, train } from 'digit-classifier';
    import type { Epoch, Evaluation, Model, TrainingState } from 'digit-classifier';
    import { readPicture } from 'digit-classifier/pictures';
    import { type DatasetOptions, readTable, TableError } from 'digit-classifier/tables';

    const table = library.datasetOf([[0, 1], [1, 0]], ['a', 'b']);
    const regression: SoftmaxRegression = await new SoftmaxRegression({ epochs: 3 }).fit(table);
    const names: string[] = await regression.predict([[0, 1]]);
    const model: Model = regression.model;
    const scores: Evaluation = await evaluate(model, table);
    const rows = library.everyRow(table.features);
    let kept: TrainingState | undefined;
    for await (const epoch of train(table, rows, { epochs: 2, learningRate: 1, learningRateDecay: 0 })) {
      const { state }: Epoch = epoch;
      kept = state();
    }
    console.log(names, scores.accuracy, kept?.epoch, typeof library.validate, library.artifacts.length);

    const options: DatasetOptions = { labels: 'missing.csv' };
    const missing = await readTable('a.csv', options).catch((error: TableError) => error.message);
    console.log(missing, readTable === library.readTable, readPicture === library.readPicture);

    export const wrong = [
      // @ts-expect-error
      () => readTable(new Uint8Array()),
      // @ts-expect-error
      () => new SoftmaxRegression({ epochs: 'many' }),
      // @ts-expect-error
      () => scores.accurracy,
      // @ts-expect-error
      () => regression.predict([[Symbol('text')]]),
      // @ts-expect-error
      () => train(table, rows, { epoch: 2 }),
    ];
  `,
});

t.test('the package as it is packed', async (t) => {
  const tarball = await installPackage(folder);
  const installed = join(folder, 'node_modules/digit-classifier');

  await t.test('has no faults that publint knows', async (t) => {
    t.match(await runPackaged('publint/src/cli.js', 'run', tarball, '--strict'), /All good!/);
  });

  await t.test('leads an import to its types', async (t) => {
    // There is no CommonJS in it: only who imports is asked.
    const words = [
      tarball,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--no-emoji',
      '--exclude-entrypoints',
      'core.wasm',
      'fonts.css',
    ];
    const found = await runPackaged('@arethetypeswrong/cli/dist/index.js', ...words);
    t.notMatch(found, /^failed/);
    t.match(found, /"digit-classifier"\n\nnode16 \(from ESM\): OK/);
  });

  await t.test('is typed for strict programs', async (t) => {
    const modules = join(folder, 'node_modules');
    for (const name of ['@types', 'ajv', 'undici-types']) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    const compile = (module: string, moduleResolution: string, ...words: string[]) =>
      run(
        process.execPath,
        [
          `${root}node_modules/typescript/bin/tsc`,
          '--strict',
          '--exactOptionalPropertyTypes',
          '--target',
          'es2022',
          '--lib',
          'es2023',
          '--types',
          'node',
          '--module',
          module,
          '--moduleResolution',
          moduleResolution,
          ...words,
          'program.ts',
        ],
        folder,
      );
    const compiled = [compile('esnext', 'bundler', '--noEmit'), compile('nodenext', 'nodenext')];
    t.strictSame(await Promise.all(compiled), ['', '']);
    t.equal(
      await run(process.execPath, ['program.js'], folder),
      "[ 'a' ] 1 2 function 7\nmissing.csv: cannot be read: no such file or directory true true\n",
    );
  });

  await t.test('is typed for strict pages', async (t) => {
    t.equal(
      await run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', 'page.json'], folder),
      '',
    );
  });

  await t.test('an uncaught error shows the names and lines of the library', async (t) => {
    const uncaught = (...words: string[]) => run(process.execPath, words, folder);
    const shown = await Promise.all([
      uncaught('uncaught.js', 'TableError'),
      uncaught('--enable-source-maps', 'uncaught.js', 'TableError'),
      uncaught('uncaught.js', 'InvalidArtifactError'),
      uncaught('uncaught.js', 'DivergenceError'),
      uncaught('uncaught.js', 'inline'),
      uncaught('uncaught.js', 'RangeError'),
    ]);
    const [table, mapped, artifact, divergence, inline, range] = shown;
    t.match(
      table,
      /^ +throw new TableError\(path, .*^TableError: missing\.csv: .*^ +at async readTableFrom \(/ms,
    );
    t.match(
      mapped,
      /^ +throw new TableError\(path, .*^TableError: missing\.csv: .*src\/data\/read-table\.ts:\d+/ms,
    );
    t.match(artifact, /^InvalidArtifactError: model\.json: .*^ +at checkSavedModel \(/ms);
    t.match(divergence, /^DivergenceError: .*^ +at (async )?SoftmaxRegression\.fit \(/ms);
    t.match(inline, /^DivergenceError: .*^ +at async train \(/ms);
    t.match(range, /^RangeError: there is no chart pie\.png$.*^ +at (async )?loadDataflow \(/ms);
    t.strictSame(
      shown
        .join('\n')
        .split('\n')
        .filter((line) => line.length > 250),
      [],
    );
    t.equal(await run(process.execPath, ['names.js'], folder), '');
  });

  await t.test('its maps lead to its own sources alone', async (t) => {
    const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
    const maps = files.filter((file) => file.endsWith('.map')).map((file) => join(installed, 'dist', file));
    for (const entry of ['index', 'artifacts', 'bench', 'charts', 'tables', 'pictures', 'browser']) {
      t.ok(maps.includes(join(installed, 'dist', `${entry}.js.map`)), entry);
    }
    for (const map of maps) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(map, 'utf8'));
      t.equal(sourcesContent, undefined, map);
      for (const source of sources) {
        const path = join(dirname(map), source);
        if (!source.endsWith('.json'))
          t.ok(path.startsWith(join(installed, 'src/')) && existsSync(path), path);
      }
    }
  });

  await t.test('asks nothing of the system when it is imported', async (t) => {
    // Deno would ask the user for each.
    t.equal(await run(process.execPath, ['silent.js'], folder), '');
  });

  await t.test('its README and docs link to what is in it, but for pictures', async (t) => {
    const docs = readdirSync(join(installed, 'docs')).filter((file) => file.endsWith('.md'));
    const pages = ['README.md', 'CHANGELOG.md', ...docs.map((file) => `docs/${file}`)];
    const textOf = (page: string) =>
      readFileSync(join(installed, page), 'utf8').replace(/^```.*?^```$/gms, '');
    /** The fragments that lead to the headings of a page, as GitHub makes them. */
    const anchorsOf = (page: string) =>
      [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      );
    let count = 0;
    for (const page of pages) {
      const links = textOf(page).matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g);
      for (const [, link, image] of links) {
        const [path, anchor] = (link ?? image).split('#');
        if (/^[a-z]+:/.test(path)) continue;
        count++;
        const target = path === '' ? page : join(dirname(page), path);
        t.ok(existsSync(join(image ? root : installed, target)), `${page}: ${link ?? image}`);
        if (image) t.notOk(existsSync(join(installed, target)), `${target} is left out`);
        if (anchor) t.ok(anchorsOf(target).includes(anchor), `${page}: ${link ?? image}`);
      }
    }
    t.ok(count > 50, `${count} links`);
  });

  await t.test('is small where it trains', async (t) => {
    const sizeOf = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }).length;
    const core = sizeOf(readFileSync(join(installed, 'dist/assets/core.wasm')));
    const bundled = async (contents: string) => {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: folder },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'browser',
        logLevel: 'error',
      });
      return sizeOf(outputFiles[0].contents);
    };
    const train = core + (await bundled("export { train } from 'digit-classifier'"));
    const inline = await bundled("export { train } from 'digit-classifier/inline'");
    const everything = core + (await bundled("export * from 'digit-classifier'"));
    t.comment({ train, inline, everything });
    t.ok(train <= 28.75 * 1024, `what trains: ${train} bytes`);
    t.ok(inline <= 31 * 1024, `what trains, in one file: ${inline} bytes`);
    t.ok(everything <= 59 * 1024, `with all that evaluates, saves and checks: ${everything} bytes`);

    /** What a page loads with a file: itself, and what it imports. */
    const loaded = (name: string, files = new Set<string>()): Set<string> => {
      if (files.has(name)) return files;
      const text = readFileSync(join(installed, 'dist', files.add(name) && name), 'utf8');
      for (const [, chunk] of text.matchAll(/\b(?:from|import)"\.\/([^"]+)"/g)) loaded(chunk, files);
      return files;
    };
    const sizeLoaded = (name: string) =>
      [...loaded(name)].reduce((sum, file) => sum + sizeOf(readFileSync(join(installed, 'dist', file))), 0);
    const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
    for (const [what, size] of [
      ['`train` by itself, in a bundle', train],
      ['all of `browser.js`, as a plain page loads it', core + sizeLoaded('browser.js')],
      ['`train` by itself, `inline`', inline],
      ['`browser-worker.js`, in each worker that takes part in a training', sizeLoaded('browser-worker.js')],
      ['`browser-tables.js`, without the reader of a format', sizeLoaded('browser-tables.js')],
      ['`browser-pictures.js`', sizeLoaded('browser-pictures.js')],
    ] as const) {
      const told = Number(guide.split(`| ${what} | `)[1]?.split(' KiB')[0]);
      t.ok(Math.abs(told - size / 1024) < 0.8, `${what}: the guide says ${told} KiB of ${size} bytes`);
    }
  });
});
