import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import ts from 'typescript';
import { digits, root } from './commands/digits.js';

/** The text of a document, by its path in the repository. */
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

const [readme, library, artifacts] = ['README.md', 'docs/library.md', 'docs/artifacts.md'].map(textOf);

function examplesOf(document: string): string[] {
  return [...document.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code]) => code);
}

/** Runs an example where the package's own name leads to it. */
function runExample(folder: string, index: number) {
  const file = join(folder, `example-${index}.mjs`);
  const options = { encoding: 'utf8', cwd: folder } as const;
  return spawnSync('env', ['-u', 'NODE_OPTIONS', process.execPath, file], options);
}

/** What an example says that it prints, in comments behind its calls. */
function outputIn(code: string): string {
  return [...code.matchAll(/; \/\/ (.*\n)/g)].map(([, line]) => line).join('');
}

t.test('the examples of README and docs run as they stand', async (t) => {
  const ending = 'console.log(isMetrics({}), isMetrics.errors[0].keyword);';
  const examples = [
    ...examplesOf(readme),
    ...examplesOf(library),
    ...examplesOf(artifacts).map((code) => `${code}${ending}`),
  ];
  const folder = t.testdir(Object.fromEntries(examples.map((code, index) => [`example-${index}.mjs`, code])));
  copyFileSync(new URL('./fixtures/tables/iris.csv', import.meta.url), join(folder, 'iris.csv'));
  const expected = [
    outputIn(examples[0]),
    `${/\n([0-9a-f]{64})\n/.exec(readme)?.[1]}\n`,
    outputIn(examples[2]),
    outputIn(examples[3]),
    outputIn(examples[4]),
    outputIn(examples[5]),
    outputIn(examples[6]),
    /^epoch 80: loss 0\.3\d+\nepoch 120: loss 0\.2975\n640 weights\n$/,
    /^0\.9\d+ 1 1\nmetrics\.json confusion_matrix\.png roc_curves\.json roc_curves\.png calibration\.json calibration\.png\n$/,
    /^false required\n$/,
  ];
  t.equal(examples.length, expected.length);
  for (const [index, output] of expected.entries()) {
    const { stdout, stderr } = runExample(folder, index);
    if (typeof output === 'string') t.equal(stdout, output, `example ${index}`);
    else t.match(stdout, output, `example ${index}`);
    t.equal(stderr, '');
  }

  const { code, stdout } = await digits(['validate', 'model.json', 'evaluation'], { cwd: folder });
  t.equal(
    stdout,
    'ok model.json\nok evaluation/calibration.json\nok evaluation/metrics.json\nok evaluation/roc_curves.json\n',
  );
  t.equal(code, 0);
  const prediction = await digits(['predict', 'model.json', 'iris.csv'], { cwd: folder });
  t.equal(prediction.code, 0, prediction.stderr);
});

/** What the compiler finds wrong in the examples of documents, taken as TypeScript, or in our declarations; empty if nothing. */
function compileExamples(t: Test, paths: readonly string[], options: ts.CompilerOptions): string {
  const examples = paths.flatMap((path) =>
    examplesOf(textOf(path))
      .filter((code) => code.includes('digit-classifier'))
      .map((code, index) => [
        `${path.replace(/\W/g, '-')}-${index}.ts`,
        // What a page without a bundler imports has no types beside it. It is what the package's name leads to.
        code.replace("'./node_modules/digit-classifier/dist/browser.js'", "'digit-classifier'"),
      ]),
  );
  t.not(examples.length, 0);
  const folder = t.testdir(Object.fromEntries(examples));
  const program = ts.createProgram(
    examples.map(([file]) => join(folder, file)),
    {
      ...options,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      resolveJsonModule: true,
    },
  );
  // Of the declarations only our own are checked: those of other packages would double the time.
  const own = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'));
  const faults = own.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return ts.formatDiagnostics([...program.getOptionsDiagnostics(), ...faults], {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  });
}

const guides = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md') && name !== 'browser.md')
  .map((name) => `docs/${name}`);

t.test('the examples of README and docs compile in strict programs', async (t) => {
  const faults = compileExamples(t, ['README.md', ...guides], {
    types: ['node'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  t.equal(faults, '');
});

t.test('the examples of README and docs/browser.md compile in strict pages', async (t) => {
  const faults = compileExamples(t, ['README.md', 'docs/browser.md'], {
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['browser'],
  });
  t.equal(faults, '');
});

t.test('the docs name every flag of every command', async (t) => {
  const [training, commands] = ['docs/training.md', 'docs/commands.md'].map(textOf);
  const manifest = JSON.parse(textOf('oclif.manifest.json'));
  const sectionOf = (document: string, heading: string) =>
    document.split(/^## /m).find((section) => section.startsWith(heading)) ?? '';
  for (const [id, { flags, hidden }] of Object.entries<{ flags: object; hidden?: boolean }>(
    manifest.commands,
  )) {
    if (hidden) continue;
    const text = ['train', 'sweep'].includes(id) ? training : sectionOf(commands, `\`digits ${id}\``);
    t.not(text, '', id);
    // The flags of train that check takes, too, are described once.
    const described = id === 'check' ? text + training : text;
    for (const flag of Object.keys(flags)) t.ok(described.includes(`--${flag}`), `digits ${id} --${flag}`);
  }
});

/** The commands in shells, scripts and YAML of a document: their names, and the flags that they are given. */
function commandsIn(document: string): { name: string; flags: string[] }[] {
  const blocks = [...document.matchAll(/```(?:sh|yaml)\n(.*?)```/gs)].map(([, text]) => text);
  const lines = blocks.flatMap((text) => text.replaceAll(/\\\n/g, ' ').split(/\n|&&|\|/));
  return lines.flatMap((line) => {
    const [, name, words] = /(?:^|[ [/])(?:digits|run\.js),? (\w+)(.*)/.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ name, flags: [...words.matchAll(/(?<= )--([a-z\d-]+)/g)].map(([, flag]) => flag) }];
  });
}

t.test('the commands of README and docs have only flags that there are', async (t) => {
  const { commands } = JSON.parse(textOf('oclif.manifest.json'));
  for (const path of ['README.md', ...guides]) {
    for (const { name, flags } of commandsIn(textOf(path))) {
      t.ok(name in commands, `${path}: digits ${name}`);
      for (const flag of flags) {
        const known = commands[name]?.flags[flag] ?? commands[name]?.flags[flag.replace(/^no-/, '')];
        t.ok(known, `${path}: digits ${name} --${flag}`);
      }
    }
  }
  const used = commandsIn(textOf('docs/scaling.md'));
  t.ok(
    used.some(({ name, flags }) => name === 'sweep' && flags.includes('abandon')),
    'shells',
  );
  t.ok(
    used.filter(({ name, flags }) => name === 'work' && flags.includes('threads')).length >= 3,
    'scripts and YAML',
  );
});
