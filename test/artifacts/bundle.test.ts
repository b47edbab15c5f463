import t from 'tap';
import type { Tested } from '../../src/artifacts/artifact.js';
import { composeBundle, composeFiles, composePayloads, fileNames } from '../../src/artifacts/bundle.js';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { artifacts, artifactsByName, evaluationArtifacts } from '../../src/artifacts/registry.js';
import type { PayloadTypes } from '../../src/generated/payloads.js';
import { evaluationOf } from '../../src/run/evaluation.js';
import { samplePayloads } from './samples.js';

const test = evaluationOf(['no', 'yes'], Int32Array.of(4, 5, 6), Int32Array.of(0, 1, 1), {
  predictions: Int32Array.of(0, 1, 0),
  logits: () => Float32Array.of(2.2, 0, 0, 1.4, 0.4, 0),
  probabilities: () => Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4),
});
const tested: Tested = { trainAccuracy: 0.75, test };
/** Draws the name of the picture. */
const draw = async (picture: string) => new TextEncoder().encode(picture);

t.test('each artifact is found by its name', async (t) => {
  t.strictSame(
    Object.keys(artifactsByName),
    artifacts.map(({ name }) => name),
  );
  t.ok(evaluationArtifacts.every((artifact) => artifacts.includes(artifact)));
});

t.test('the files of a bundle are its payloads and their pictures', async (t) => {
  const payloads: Partial<PayloadTypes> = await composePayloads(evaluationArtifacts, tested);
  t.equal(payloads.metrics?.test_accuracy, 2 / 3);
  t.equal(payloads.roc_curves?.yes.auc, 1);
  const files = await composeBundle(evaluationArtifacts, tested, { draw });
  t.strictSame([...files.keys()].sort(), fileNames(evaluationArtifacts));
  for (const { name, picture } of evaluationArtifacts) {
    t.equal(files.get(`${name}.json`), `${JSON.stringify(payloads[name], null, 2)}\n`);
    t.strictSame(files.get(picture), await draw(picture));
  }
});

t.test('pictures are drawn in the formats that are asked for, each once', async (t) => {
  const files = await composeBundle(evaluationArtifacts, tested, { draw, images: ['svg', 'png', 'svg'] });
  t.strictSame([...files.keys()].sort(), fileNames(evaluationArtifacts, ['svg', 'png', 'svg']));
  t.strictSame(files.get('roc_curves.svg'), await draw('roc_curves.svg'));
  t.strictSame(fileNames(evaluationArtifacts, ['svg']), [
    'calibration.json',
    'calibration.svg',
    'confusion_matrix.svg',
    'metrics.json',
    'roc_curves.json',
    'roc_curves.svg',
  ]);
});

t.test('an artifact without a payload makes no file', async (t) => {
  const { metrics, model } = samplePayloads();
  const files = await composeFiles(artifacts, { metrics, model }, { draw });
  t.strictSame([...files.keys()], ['metrics.json', 'confusion_matrix.png', 'model.json']);
});

t.test('payloads that contradict each other are refused', async (t) => {
  const wrong = { ...tested, trainAccuracy: 2 };
  await t.rejects(composePayloads(evaluationArtifacts, wrong), InvalidArtifactError);
  await t.rejects(composePayloads([artifactsByName.roc_curves], tested), {
    message: 'metrics.json: the payload is missing',
  });
});

t.test('a text that gets too long names its file and the limit', async (t) => {
  const { model } = samplePayloads();
  // As `JSON.stringify` does from half a gigabyte on, which would take too much memory here.
  const toJSON = () => {
    throw new RangeError('Invalid string length');
  };
  await t.rejects(composeFiles(artifacts, { model: Object.assign({}, model, { toJSON }) }, { draw }), {
    message: /^model\.json gets longer than a text can be, which is 512 Mi characters/,
  });
});
