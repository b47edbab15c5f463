import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';
import t from 'tap';
import { addManifest, composeBundle, withRunId } from '../../src/artifacts/bundle.js';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { correctRows, recordOf } from '../../src/artifacts/manifest.js';
import { withText } from '../../src/artifacts/png.js';
import { artifactsByName } from '../../src/artifacts/registry.js';
import { validate } from '../../src/artifacts/schemas.js';
import { datasetOf } from '../../src/data/arrays.js';
import { trainAndTest } from '../../src/run/run.js';

const rows = Array.from({ length: 60 }, (_, row) => [Math.sin(row), (row % 7) - 3]);
const dataset = datasetOf(
  rows,
  rows.map(([x, y]) => (x + y > 0 ? 'yes' : 'no')),
);
const asked = { asked: ['train', '--data', 'a.csv'], file: 'a.csv' };
const picture = PNG.sync.write(new PNG({ width: 3, height: 2 }));
const draw = async () => new Uint8Array(picture);
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

t.test('a manifest says what a run was made from, and lists its files', async (t) => {
  const run = await trainAndTest(dataset, { seed: 3, validationSplit: 0.25 });
  const record = await recordOf(run, asked);
  const { sides } = run;
  t.match(record, {
    version: run.version,
    asked: asked.asked,
    options: { seed: 3, validation_split: 0.25, test_split: 0.2, solver: 'lbfgs' },
    data: { rows: 60, file: 'a.csv' },
    rows: { train: sides.train.length, validation: sides.validation?.length, test: 12 },
  });
  t.equal(record.rows.test_sha256, sha256(new Uint8Array(sides.test.buffer)));
  const { metrics, model } = artifactsByName;
  const bundle = await composeBundle([metrics, model], run, withRunId({ draw }, record));
  const files = await addManifest(new Map([...bundle, ['model.onnx', Uint8Array.of(1, 2)]]), record);
  const written = JSON.parse(String(files.get('metrics.json')));
  t.strictSame(written.run.files, {
    'confusion_matrix.png': sha256(files.get('confusion_matrix.png') ?? ''),
    'model.json': sha256(files.get('model.json') ?? ''),
    'model.onnx': sha256(Uint8Array.of(1, 2)),
  });
  const correct = Array.from(run.test.labels, (label, row) => label === run.test.predictions[row]);
  t.strictSame(correctRows(written.run), correct);
  await validate('metrics', written);
});

t.test(
  'the id is that of the result: equal for equal weights, another for another seed or option',
  async (t) => {
    const idOf = async (options: object) => (await recordOf(await trainAndTest(dataset, options), asked)).id;
    const id = await idOf({ seed: 3 });
    t.match(id, /^[0-9a-f]{16}$/);
    t.equal(await idOf({ seed: 3, threads: 2 }), id);
    t.not(await idOf({ seed: 4 }), id);
    t.not(await idOf({ seed: 3, l2: 0.1 }), id);
  },
);

t.test('pictures have the id of their run as a text, and the same pixels', async (t) => {
  const png = withText(new Uint8Array(picture), 'digits run', '0123456789abcdef');
  const at = Buffer.from(png).indexOf('tEXtdigits run\x000123456789abcdef');
  t.equal(at, 33 + 4, 'right after the header');
  t.equal(Buffer.from(png).readUInt32BE(33), png.length - picture.length - 12);
  t.equal(
    Buffer.from(png).readUInt32BE(png.length - picture.length + 33 - 4),
    0xcbb417a7,
    'as zlib computes it',
  );
  t.strictSame(PNG.sync.read(Buffer.from(png)).data, PNG.sync.read(picture).data);
});

t.test('a manifest that contradicts the metrics is refused', async (t) => {
  const run = await trainAndTest(dataset, {});
  const record = await recordOf(run, asked);
  const { metrics } = artifactsByName;
  const bundle = await composeBundle([metrics], run, { draw });
  for (const [wrong, message] of [
    [{ test_correct: '' }, /run\/test_correct must be \d+, the sum of the diagonal/],
    [{ rows: { ...record.rows, test: 11 } }, /run\/rows\/test must be 12, the sum of/],
    [{ id: 'X' }, /run\/id must match pattern/],
  ] as const) {
    await t.rejects(addManifest(bundle, { ...record, ...wrong }), { message, name: 'InvalidArtifactError' });
  }
  const files = await addManifest(bundle, record);
  const payload = JSON.parse(String(files.get('metrics.json')));
  for (const key of ['test_accuracy_interval', 'balanced_accuracy', 'majority_share'] as const) {
    const wrong = key === 'test_accuracy_interval' ? [0, 1] : 0.123;
    await t.rejects(validate('metrics', { ...payload, [key]: wrong }), InvalidArtifactError, key);
  }
  const outside = { ...payload, run: { ...payload.run, files: { '../model.json': '0'.repeat(64) } } };
  await t.rejects(validate('metrics', outside), InvalidArtifactError);
});
