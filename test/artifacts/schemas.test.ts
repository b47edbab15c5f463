import { readdirSync, readFileSync } from 'node:fs';
import type { SchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { jsonPointer } from '../../src/artifacts/checks.js';
import { everyArtifact } from '../../src/artifacts/registry.js';
import { validate } from '../../src/artifacts/schemas.js';
import { type Validator, validators } from '../../src/generated/validators.js';
import { classes, sampleBenchmark, samplePayloads as sampleRun, set } from './samples.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const schemaOf = (name: string): SchemaObject => JSON.parse(read(`../../schemas/${name}.schema.json`));

type Name = keyof typeof validators;
const names: Name[] = [
  'benchmark',
  'calibration',
  'comparison',
  'cross_validation',
  'importance',
  'metrics',
  'model',
  'roc_curves',
  'sweep',
  'timing_stats',
  'training_dynamics',
];

const samplePayloads = () => ({ ...sampleRun(), benchmark: sampleBenchmark() });

/** The precompiled validators. */
const loaded = names.map(async (name) => [name, await validators[name]()]);
const validatorOf: Record<Name, Validator<object>> = Object.fromEntries(await Promise.all(loaded));

/** The validator of a user who has only the schemas. */
const ajv = new Ajv2020({ strict: true, allErrors: true });
for (const name of names) ajv.addSchema(schemaOf(name), name);

t.test('each artifact has a schema and a validator', async (t) => {
  const files = readdirSync(new URL('../../schemas', import.meta.url)).sort();
  t.strictSame(
    files,
    names.map((name) => `${name}.schema.json`),
  );
  t.strictSame(Object.keys(validators).sort(), names);
  t.strictSame(everyArtifact.map(({ name }) => name).sort(), names);
});

t.test('the schemas are documented, versioned and closed', async (t) => {
  for (const name of names) {
    const schema = schemaOf(name);
    t.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
    t.equal(schema.$id, `urn:digit-classifier:schema:${name}:${name === 'model' ? 2 : 1}`);
    t.type(schema.title, 'string');
    t.type(schema.description, 'string');
    visit(schema, (node, path) => {
      if (node.type === 'object')
        t.ok('additionalProperties' in node, `${name} ${path} says which keys it has`);
      for (const [key, property] of Object.entries<SchemaObject>(node.properties ?? {})) {
        t.type(property.description, 'string', `${name} ${path} describes ${key}`);
      }
    });
  }
});

t.test('the validators carry all they need and make no code at run time', async (t) => {
  const payloads = samplePayloads();
  for (const name of names) {
    const code = read(`../../src/generated/validators/validator-${name}.js`);
    t.notMatch(code, /^import\b|\beval\(|new Function\(/m);
    const alone = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    t.equal(alone.validator(payloads[name]), true, name);
  }
});

t.test('golden runs of scikit-learn keep to the schemas', async (t) => {
  for (const file of readdirSync(new URL('../fixtures/golden', import.meta.url))) {
    const golden = JSON.parse(read(`../fixtures/golden/${file}`));
    const { train_accuracy, test_accuracy, confusion_matrix, classification_report } = golden;
    const metrics = {
      train_accuracy,
      test_accuracy,
      classes: Object.keys(golden.roc_curves),
      confusion_matrix,
      classification_report,
    };
    const { learning_rates, losses } = golden;
    const epochs = losses.map((_: number, index: number) => index + 1);
    // Their ratios are rounded to nine digits, so the checks of sums don't hold for them.
    t.ok(validatorOf.metrics(metrics), file);
    t.ok(validatorOf.roc_curves(golden.roc_curves), file);
    await t.resolves(validate('training_dynamics', { epochs, learning_rates, losses }), file);
  }
});

t.test('valid payloads are accepted', async (t) => {
  const payloads = samplePayloads();
  for (const name of names)
    t.ok(validatorOf[name](payloads[name]) && ajv.validate(name, payloads[name]), name);
});

/** The errors of the precompiled validator, which stops at the first, and of a plain Ajv, as `POINTER KEYWORD`. */
function errorsOf(name: Name, payload: unknown): { first: string; all: string[] } {
  const text = ({ instancePath, keyword }: { instancePath: string; keyword: string }) =>
    `${instancePath} ${keyword}`;
  const accepted = [validatorOf[name](payload), ajv.validate(name, payload)];
  t.strictSame(accepted, [false, false], 'both refuse');
  return { first: (validatorOf[name].errors ?? []).map(text).join(), all: (ajv.errors ?? []).map(text) };
}

/** Every value of a payload by the path to it. */
function* walk(value: unknown, path: string[] = []): Generator<[path: string[], value: unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* walk(child, [...path, key]);
}

/** The sample with the value changed that a path leads to; `undefined` removes it. */
function broken(name: Name, path: readonly string[], value: unknown): unknown {
  const payloads = samplePayloads();
  set(payloads, [name, ...path], value);
  return payloads[name];
}

/** Those of which all keys are required; the others have options by any names. */
const strictNames = names.filter((name) => name !== 'cross_validation' && name !== 'sweep');

const isClassName = (name: Name, path: string[]) =>
  path.length > 0 && (name === 'roc_curves' ? path.length === 1 : classes.includes(path[path.length - 1]));

for (const name of strictNames) {
  t.test(`${name}: the keys of each object are required, and no others allowed`, async (t) => {
    for (const [path, value] of walk(samplePayloads()[name])) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
      const pointer = jsonPointer(...path);
      if (name !== 'roc_curves' || path.length > 0) {
        const { first, all } = errorsOf(name, broken(name, [...path, 'extra'], { a: 1 }));
        const keyword = pointer === '/classification_report' ? 'required' : 'additionalProperties';
        const extra =
          keyword === 'required' ? `${pointer}/extra required` : `${pointer} additionalProperties`;
        t.equal(first, extra);
        t.ok(all.includes(extra), extra);
      }
      for (const key of Object.keys(value).filter((key) => !isClassName(name, [...path, key]))) {
        // Required by the check of models, not by their schema.
        if (name === 'model' && key === 'test_split') continue;
        // Its check wants that, or a reason.
        if (name === 'comparison' && key === 'paired') continue;
        const { first, all } = errorsOf(name, broken(name, [...path, key], undefined));
        const isOfRun = name === 'model' && /^(version|data_sha256|test_accuracy)$/.test(key);
        const error = `${pointer} ${isOfRun ? 'dependentRequired' : 'required'}`;
        t.equal(first, error, `${pointer}/${key}`);
        t.ok(all.includes(error), `${pointer}/${key}`);
      }
    }
  });

  t.test(`${name}: each number is finite and in its range`, async (t) => {
    for (const [path, value] of walk(samplePayloads()[name])) {
      if (typeof value !== 'number') continue;
      const pointer = jsonPointer(...path);
      const expectError = (value: unknown, keywords: string[]) => {
        const { first, all } = errorsOf(name, broken(name, path, value));
        const errors = keywords.map((keyword) => `${pointer} ${keyword}`);
        t.ok(errors.includes(first), `${errors} where ${pointer} is ${value}, not ${first}`);
        t.ok(all.some((error) => errors.includes(error)));
      };
      expectError(Number.NaN, ['type']);
      expectError(Number.POSITIVE_INFINITY, ['type']);
      expectError(`${value}`, ['type']);
      expectError(null, ['type']);
      const isParameter = /^.(weights|bias|feature_means)/.test(pointer);
      const isFloat32 = isParameter && !pointer.startsWith('/feature_means');
      const isDifference = /_(fall|rise)\/|\/(differences|interval)\//.test(pointer);
      if (!isParameter && !isDifference) expectError(-1, ['minimum', 'exclusiveMinimum', 'const']);
      if (isFloat32) expectError(-3.5e38, ['minimum']);
      if (isFloat32) expectError(3.5e38, ['maximum']);
      const isCount =
        /confusion_matrix|support|epochs(?!_per)|repeats|rounds|cores|bytes|shape\/|rows|seed/.test(pointer);
      const isRatio =
        name === 'roc_curves' ||
        (['metrics', 'calibration'].includes(name) && !isCount) ||
        pointer.endsWith('_accuracy');
      if (isCount) expectError(1.5, ['type']);
      if (isRatio) expectError(1.0000001, ['maximum']);
    }
  });

  t.test(`${name}: each array is an array with elements`, async (t) => {
    for (const [path, value] of walk(samplePayloads()[name])) {
      if (!Array.isArray(value)) continue;
      const pointer = jsonPointer(...path);
      // The check of metrics compares the rows of the matrix with their number.
      if (!/^.confusion_matrix.\d/.test(pointer)) {
        const { first, all } = errorsOf(name, broken(name, path, []));
        t.equal(first, `${pointer} minItems`);
        t.ok(all.includes(first), first);
      }
      t.equal(errorsOf(name, broken(name, path, new Float64Array(3))).first, `${pointer} type`);
      if (name === 'roc_curves' || pointer === '/classes' || pointer === '/confusion_matrix') {
        t.ok(errorsOf(name, broken(name, path, value.slice(0, 1))).all.includes(`${pointer} minItems`));
      }
    }
  });

  t.test(`${name}: an object`, async () => {
    for (const payload of [undefined, null, 1, 'text', []]) errorsOf(name, payload);
  });
}

const proto = '__proto__';
const curve = { fpr: [0, 1], tpr: [0, 1], auc: 0.5 };

/** Where a valid payload is broken, by what (`undefined` removes it), and the error of the validator. */
const faults: [name: Name, path: string[], value: unknown, error: string][] = [
  ['benchmark', ['date'], 'yesterday', '/date pattern'],
  ['benchmark', ['machine', 'cpu'], '', '/machine/cpu minLength'],
  ['benchmark', ['options', 'shapes', '0'], '0x64x10', '/options/shapes/0 pattern'],
  ['benchmark', ['results', '0', 'shape', 'classes'], 1, '/results/0/shape/classes minimum'],
  ['benchmark', ['results', '1', 'rounds'], 0, '/results/1/rounds minimum'],
  ['benchmark', ['results', '1', 'weight_difference'], 2e-4, '/results/1/weight_difference maximum'],
  ['calibration', ['classes', '1', 'name'], '', '/classes/1/name minLength'],
  ['calibration', ['confidence', 'bins', '0', 'rows'], 0, '/confidence/bins/0/rows minimum'],
  ['calibration', ['confidence', 'bins', '0', 'high'], 0, '/confidence/bins/0/high exclusiveMinimum'],
  ['calibration', ['confidence', 'bins', '0', 'low'], 1, '/confidence/bins/0/low maximum'],
  [
    'calibration',
    ['temperature'],
    { value: 0, log_loss: 0, log_loss_without: 0 },
    '/temperature/value exclusiveMinimum',
  ],
  ['model', ['temperature'], 0, '/temperature exclusiveMinimum'],
  ['model', ['threshold'], 1, '/threshold exclusiveMaximum'],
  ['metrics', ['classes'], ['0', '0', proto], '/classes uniqueItems'],
  ['metrics', ['classes'], [proto, '0', proto], '/classes uniqueItems'],
  ['metrics', ['classes', '1'], '', '/classes/1 minLength'],
  ['metrics', ['classes', '1'], 1, '/classes/1 type'],
  ['model', ['format_version'], 3, '/format_version maximum'],
  ['model', ['format_version'], 0, '/format_version minimum'],
  ['model', ['format_version'], 1.5, '/format_version type'],
  ['model', ['classes'], ['0', '0', proto], '/classes uniqueItems'],
  ['model', ['feature_names', '1'], '', '/feature_names/1 minLength'],
  ['model', ['columns', '1', 'kind'], 'text', '/columns/1/kind enum'],
  ['model', ['columns', '1', 'missing'], false, '/columns/1/missing const'],
  ['model', ['columns', '1', 'why'], 'no values', '/columns/1 additionalProperties'],
  ['model', ['columns', '1', 'levels'], ['a'], '/columns/1 additionalProperties'],
  ['model', ['columns', '1', 'kind'], 'category', '/columns/1 required'],
  ['model', ['columns', '1', 'kind'], 'left out', '/columns/1 required'],
  ['model', ['feature_scales', '1'], 0, '/feature_scales/1 exclusiveMinimum'],
  ['model', ['weights', '1', '2'], '1', '/weights/1/2 type'],
  ['model', ['options', 'test_split'], 1, '/options/test_split exclusiveMaximum'],
  ['model', ['options', 'seed'], 2 ** 32, '/options/seed maximum'],
  ['model', ['data_sha256'], 'abc', '/data_sha256 pattern'],
  ['roc_curves', [''], curve, ' minLength'],
  ['cross_validation', ['extra'], 1, ' additionalProperties'],
  ['cross_validation', ['options', 'folds'], undefined, '/options required'],
  ['cross_validation', ['folds'], [], '/folds minItems'],
  ['cross_validation', ['folds', '0', 'rows'], 0, '/folds/0/rows minimum'],
  ['cross_validation', ['folds', '0', 'accuracy'], 1.1, '/folds/0/accuracy maximum'],
  ['cross_validation', ['folds', '0', 'converged'], undefined, '/folds/0 dependentRequired'],
  ['cross_validation', ['accuracy', 'std'], -1, '/accuracy/std minimum'],
  ['sweep', ['extra'], 1, ' additionalProperties'],
  ['sweep', ['candidates'], [], '/candidates minItems'],
  ['sweep', ['candidates', '1', 'rank'], undefined, '/candidates/1 dependentRequired'],
  ['sweep', ['varied'], [], '/varied minItems'],
  ['sweep', ['data_sha256'], 'x', '/data_sha256 pattern'],
  ['training_dynamics', ['learning_rates', '2'], -1e-9, '/learning_rates/2 minimum'],
];

t.test('what is out of its range is refused', async (t) => {
  for (const [name, path, value, error] of faults) {
    const { first, all } = errorsOf(name, broken(name, path, value));
    t.equal(first.split(',')[0], error);
    t.ok(all.includes(error), error);
  }
});

t.test('a test may have one curve, or none', async (t) => {
  await t.resolves(validate('roc_curves', { '0': curve }));
  await t.resolves(validate('roc_curves', {}));
});

t.test('a million epochs are the most', async (t) => {
  const dynamics = (count: number) => ({
    epochs: Array.from({ length: count }, (_, index) => index + 1),
    learning_rates: new Array<number>(count).fill(1),
    losses: new Array<number>(count).fill(1),
  });
  const timing = (count: number) => ({
    total_training_time_sec: count,
    average_epoch_time_sec: 1,
    epoch_durations_sec: new Array<number>(count).fill(1),
  });
  await t.resolves(validate('training_dynamics', dynamics(1_000_000)));
  await t.resolves(validate('timing_stats', timing(1_000_000)));
  t.strictSame(errorsOf('training_dynamics', dynamics(1_000_001)).all, [
    '/epochs maxItems',
    '/learning_rates maxItems',
    '/losses maxItems',
  ]);
  t.strictSame(errorsOf('timing_stats', timing(1_000_001)).all, ['/epoch_durations_sec maxItems']);
});

/** Calls back with every subschema. */
function visit(node: SchemaObject, callback: (node: SchemaObject, path: string) => void, path = '#'): void {
  callback(node, path);
  for (const keyword of ['properties', '$defs']) {
    for (const [key, child] of Object.entries<SchemaObject>(node[keyword] ?? {})) {
      visit(child, callback, `${path}/${keyword}/${key}`);
    }
  }
  for (const keyword of ['items', 'additionalProperties', 'propertyNames']) {
    if (typeof node[keyword] === 'object') visit(node[keyword], callback, `${path}/${keyword}`);
  }
}
