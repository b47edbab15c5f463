import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digits } from './commands/digits.js';

const [readme, library, artifacts] = ['README.md', 'docs/library.md', 'docs/artifacts.md'].map((name) =>
  readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'),
);

function examplesOf(document: string): string[] {
  return [...document.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
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
    /^epoch 80: loss 0\.3\d+\nepoch 120: loss 0\.2975\n640 weights\n$/,
    /^0\.9\d+ 1 1\nmetrics\.json confusion_matrix\.png roc_curves\.json roc_curves\.png\n$/,
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
  t.equal(stdout, 'ok model.json\nok evaluation/metrics.json\nok evaluation/roc_curves.json\n');
  t.equal(code, 0);
  const prediction = await digits(['predict', 'model.json', 'iris.csv'], { cwd: folder });
  t.equal(prediction.code, 0, prediction.stderr);
});

t.test('the docs name every flag of every command', async (t) => {
  const [training, commands] = ['training', 'commands'].map((name) =>
    readFileSync(new URL(`../docs/${name}.md`, import.meta.url), 'utf8'),
  );
  const manifest = JSON.parse(readFileSync(new URL('../oclif.manifest.json', import.meta.url), 'utf8'));
  const sectionOf = (document: string, heading: string) =>
    document.split(/^## /m).find((section) => section.startsWith(heading)) ?? '';
  for (const [id, { flags, hidden }] of Object.entries<{ flags: object; hidden?: boolean }>(
    manifest.commands,
  )) {
    if (hidden) continue;
    const text = ['train', 'sweep'].includes(id) ? training : sectionOf(commands, `\`digits ${id}\``);
    t.not(text, '', id);
    for (const flag of Object.keys(flags)) t.match(text, `--${flag}`, `digits ${id} --${flag}`);
  }
});
