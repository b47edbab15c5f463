import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { root } from './commands/digits.js';

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
  'program.ts': `
    import * as library from 'digit-classifier';
    import { evaluate, SoftmaxRegression, train } from 'digit-classifier';
    import type { Epoch, Model, Scores, TrainingState } from 'digit-classifier';
    import { keywords } from 'digit-classifier/keywords';

    const table = library.datasetOf([[0, 1], [1, 0]], ['a', 'b']);
    const regression: SoftmaxRegression = await new SoftmaxRegression({ epochs: 3 }).fit(table);
    const names: string[] = await regression.predict([[0, 1]]);
    const model: Model = regression.model;
    const scores: Scores = await evaluate(model, table);
    const rows = library.everyRow(table.features);
    let kept: TrainingState | undefined;
    for await (const epoch of train(table, rows, { epochs: 2, learningRate: 1, learningRateDecay: 0 })) {
      const { state }: Epoch = epoch;
      kept = state();
    }
    console.log(names, scores.accuracy, kept?.epoch, keywords.length > 0, library.artifacts.length);

    export const wrong = [
      // @ts-expect-error
      () => new SoftmaxRegression({ epochs: 'many' }),
      // @ts-expect-error
      () => scores.accurracy,
      // @ts-expect-error
      () => regression.predict([['text']]),
      // @ts-expect-error
      () => train(table, rows, { epochs: 2 }),
    ];
  `,
});

t.test('the package as it is packed', async (t) => {
  const words = ['--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball = join(folder, (await run('npm', ['pack', ...words])).trim());

  await t.test('has no faults that publint knows', async (t) => {
    t.match(await runPackaged('publint/src/cli.js', 'run', tarball, '--strict'), /All good!/);
  });

  await t.test('leads an import to its types', async (t) => {
    // There is no CommonJS in it: only who imports is asked.
    const words = [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji'];
    const found = await runPackaged('@arethetypeswrong/cli/dist/index.js', ...words);
    t.notMatch(found, /^failed/);
    t.match(found, /"digit-classifier"\n\nnode16 \(from ESM\): OK/);
  });

  await t.test('is typed for strict programs', async (t) => {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'digit-classifier'), { recursive: true });
    await run('tar', ['xzf', tarball, '-C', join(modules, 'digit-classifier'), '--strip-components=1']);
    for (const name of ['@types', 'ajv', 'undici-types']) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    const compile = (module: string, moduleResolution: string, ...words: string[]) =>
      run(
        process.execPath,
        [
          `${root}node_modules/typescript/bin/tsc`,
          ...['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2023'],
          ...['--types', 'node', '--module', module, '--moduleResolution', moduleResolution, ...words],
          'program.ts',
        ],
        folder,
      );
    const compiled = [compile('esnext', 'bundler', '--noEmit'), compile('nodenext', 'nodenext')];
    t.strictSame(await Promise.all(compiled), ['', '']);
    t.equal(await run(process.execPath, ['program.js'], folder), "[ 'a' ] 1 2 true 5\n");
  });
});
