import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { restoreModel } from '../../src/artifacts/model.js';
import { parseSavedModel } from '../../src/artifacts/read-model.js';
import { modelExports } from '../../src/exports/registry.js';
import { digits, digitsHere, listFiles, root } from './digits.js';

const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const exportFlags = ['--export', 'onnx', '--export', 'npz', '--export', 'html'];

t.test('--export writes the saved model in each format asked for, in any time zone', async (t) => {
  t.testdir({});
  for (const TZ of ['UTC', 'Asia/Tokyo']) {
    const folder = join(t.testdirName, TZ);
    const { code, stdout, stderr } = await digits(
      ['train', '--output-dir', folder, '--save-model', ...exportFlags, '--export=onnx', '--epochs', '9'],
      { env: { ...process.env, TZ } },
    );
    t.equal(stderr, '');
    t.equal(code, 0);
    t.same(JSON.parse(stdout).artifacts, listFiles(folder));
    t.same(listFiles(folder), [
      'confusion_matrix.png',
      'metrics.json',
      'model.html',
      'model.json',
      'model.npz',
      'model.onnx',
    ]);
    const saved = parseSavedModel(readFileSync(join(folder, 'model.json'), 'utf8'));
    const test = { accuracy: Number(saved.test_accuracy), rows: new Int32Array(360) };
    for (const { file, encode } of modelExports) {
      const expected = await encode(restoreModel(saved), version, test);
      t.ok(readFileSync(join(folder, file)).equals(expected), file);
    }
  }
});

t.test('several formats are separated by commas', async (t) => {
  const cwd = t.testdir({});
  const { code, stdout } = await digitsHere(['train', '--export', 'onnx,npz'], { cwd });
  t.equal(code, 0);
  t.match(JSON.parse(stdout).artifacts, ['confusion_matrix.png', 'metrics.json', 'model.npz', 'model.onnx']);
});

t.test('a folder in the way is found before anything is written', async (t) => {
  const cwd = t.testdir({ artifacts: { 'model.npz': {} } });
  const { code, stderr } = await digitsHere(['train', '--export', 'npz'], { cwd });
  t.equal(code, 1);
  t.match(stderr, /model\.npz" is a folder/);
  t.same(listFiles(join(cwd, 'artifacts')), ['model.npz']);
});

t.test('an export left by an earlier run is reported', async (t) => {
  const cwd = t.testdir({ artifacts: { 'model.npz': '', 'model.onnx': '' } });
  const { code, stderr } = await digitsHere(['train', '--export', 'onnx'], { cwd, isTerminal: true });
  t.equal(code, 0);
  t.match(stderr, /metrics\.json, model\.onnx/);
  t.match(stderr, /earlier run: model\.npz; --clean removes them\n/);
});

t.test('a library is only loaded by the export that needs it', async (t) => {
  t.testdir({});
  /** File names of the chunks that a run loads, as V8 counts them. */
  async function chunksOf(name: string, args: readonly string[]): Promise<Set<string>> {
    const coverage = join(t.testdirName, name);
    mkdirSync(coverage);
    const { code } = await digits(
      ['train', '--epochs', '2', '--output-dir', join(coverage, 'out'), ...args],
      {
        env: { ...process.env, NODE_V8_COVERAGE: coverage },
      },
    );
    t.equal(code, 0);
    const reports = readdirSync(coverage).filter((file) => file.endsWith('.json'));
    const urls = reports.flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'));
      return result.map(({ url }: { url: string }) => url);
    });
    return new Set(urls.filter((url) => url.includes('/dist/chunks/')).map((url) => basename(url)));
  }
  const [plain, onnx, npz] = await Promise.all([
    chunksOf('plain', []),
    chunksOf('onnx', ['--export', 'onnx']),
    chunksOf('npz', ['--export', 'npz']),
  ]);
  const more = (chunks: Set<string>) => [...chunks].filter((chunk) => !plain.has(chunk));
  t.ok(plain.size > 0);
  t.ok(more(onnx).length > 0 && more(npz).length > 0);
  t.same(
    more(onnx).filter((chunk) => npz.has(chunk)),
    [],
  );
});

t.test('no export compiles code from text', (t) => {
  const script = `
    const { composeExports, modelExports } = await import(${JSON.stringify(pathToFileURL(`${root}dist/index.js`))});
    const scaler = { mean: Float64Array.of(0), scale: Float64Array.of(1) };
    const model = { classes: ['a', 'b'], scaler, weights: Float32Array.of(1, -1), bias: new Float32Array(2) };
    console.log([...(await composeExports(modelExports, model, '1')).keys()].join());
  `;
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
  const { NODE_OPTIONS, ...env } = process.env;
  t.equal(
    execFileSync(process.execPath, args, { encoding: 'utf8', env }),
    'model.onnx,model.npz,model.html\n',
  );
  t.end();
});
