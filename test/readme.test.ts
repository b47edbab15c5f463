import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digits } from './commands/digits.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

/** Runs an example where the package's own name leads to it. */
function runExample(folder: string, index: number) {
  const file = join(folder, `example-${index}.mjs`);
  const options = { encoding: 'utf8', cwd: folder } as const;
  return spawnSync('env', ['-u', 'NODE_OPTIONS', process.execPath, file], options);
}

t.test('the examples of the README run as they stand', async (t) => {
  t.equal(examples.length, 3);
  const ending = 'console.log(isMetrics({}), isMetrics.errors[0].keyword);';
  const [ajv, program, loading] = examples;
  const folder = t.testdir({
    'example-0.mjs': `${ajv}${ending}`,
    'example-1.mjs': program,
    'example-2.mjs': loading,
  });
  t.equal(runExample(folder, 0).stdout, 'false required\n');
  t.match(
    runExample(folder, 1).stdout,
    /^epoch 40: .*\nepoch 80: .*\nepoch 120: loss 0\.2975\ntest accuracy 0\.9361\n/,
  );
  const training = await digits(['train', '--save-model'], { cwd: folder });
  t.equal(training.code, 0);
  t.equal(runExample(folder, 2).stdout, "[ '0', '1', '2' ]\n");
});
