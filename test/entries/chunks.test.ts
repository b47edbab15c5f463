import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const sourceOf = (file: string) => readFileSync(join(dist, file), 'utf8');

/** A file and all that it imports at its start. */
function filesAtStart(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path] of sourceOf(file).matchAll(/^(?:import|export|\}).*?["'](\.[^"']+)["'];$/gm)) {
    filesAtStart(relative(dist, resolve(dist, dirname(file), path)), seen);
  }
  return seen;
}

/** The modules of src/ that a file has, each once: its imports may stand apart from the rest. */
const modulesIn = (file: string) => [
  ...new Set([...sourceOf(file).matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, path]) => path)),
];

t.test('what a command needs at its start is in few files', async (t) => {
  const files = filesAtStart('commands/train.js');
  t.ok(files.size > 5 && files.size < 20, `${files.size} files`);
  const modules = [...files].flatMap(modulesIn);
  t.ok(modules.includes('src/terminal/training.ts'));
  t.ok(modules.includes('src/model/training/train.ts'));
  for (const later of [
    'artifacts/report-page.ts',
    'generated/validators/validator-metrics.js',
    'terminal/usage.ts',
  ]) {
    t.notOk(modules.includes(`src/${later}`), later);
  }
});

t.test('threads and programs load nothing of the command line', async (t) => {
  for (const file of ['core-worker.js', 'trial-worker.js', 'index.js', 'tables.js', 'artifacts.js']) {
    const modules = [...filesAtStart(file)].flatMap(modulesIn);
    t.ok(modules.length > 5, `${file} has ${modules.length} modules`);
    t.strictSame(
      modules.filter((path) => path.startsWith('src/terminal/')),
      [],
      file,
    );
  }
});

t.test('no module is loaded twice', async (t) => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(?:chunks\/|commands\/|(?:index|artifacts|bench|tables|pictures|main|core-worker|trial-worker)\.js$).*(?<!\.map)$/.test(
      file,
    ),
  );
  const modules = files.filter((file) => file.endsWith('.js')).flatMap(modulesIn);
  t.ok(modules.length > 200, `${modules.length} modules`);
  t.strictSame(
    modules.filter((path, index) => modules.indexOf(path) < index),
    [],
  );
});
