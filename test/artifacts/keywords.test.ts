import type { SchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t from 'tap';
import { keywords } from '../../src/artifacts/keywords.js';

const instances = [false, true].map((allErrors) => {
  const ajv = new Ajv2020({ strict: true, allErrors });
  for (const keyword of keywords) ajv.addKeyword(keyword);
  return ajv;
});

/** The errors as `POINTER MESSAGE`: one at most from each keyword, however Ajv is set up. */
function errorsOf(schema: SchemaObject, data: unknown): string[] {
  const [first, all] = instances.map((ajv) => {
    const validate = ajv.compile(schema);
    validate(data);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
  t.strictSame(first, all.slice(0, 1));
  return all;
}

const array = (keyword: SchemaObject) => ({ type: 'array', ...keyword });
const object = (keyword: SchemaObject) => ({ type: 'object', ...keyword });

t.test('countsFromOne', async (t) => {
  const schema = array({ countsFromOne: true });
  t.strictSame(errorsOf(schema, []), []);
  t.strictSame(errorsOf(schema, [1, 2, 3]), []);
  t.strictSame(errorsOf(schema, [0, 1]), ['/0 must be 1, since elements count from 1']);
  t.strictSame(errorsOf(schema, [1, 2, 4, 5]), ['/2 must be 3, since elements count from 1']);
  t.strictSame(errorsOf(schema, [1, '2']), ['/1 must be 2, since elements count from 1']);
});

t.test('monotonic', async (t) => {
  const rising = array({ monotonic: 'nonDecreasing' });
  const falling = array({ monotonic: 'nonIncreasing' });
  t.strictSame(errorsOf(rising, [0, 0, 1]), []);
  t.strictSame(errorsOf(rising, [0, 0.5, 0.4, 0.3]), ['/2 must not be less than the element before, 0.5']);
  t.strictSame(errorsOf(falling, [1, 1, 0]), []);
  t.strictSame(errorsOf(falling, [1, 2]), ['/1 must not be more than the element before, 1']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }), (numbers) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      t.equal(errorsOf(rising, numbers).length === 0, String(sorted) === String(numbers));
      t.equal(errorsOf(falling, numbers).length === 0, String(sorted.reverse()) === String(numbers));
    }),
  );
});

t.test('fallingUnless', async (t) => {
  const schema = object({ fallingUnless: { 'a/b': { c: ['x', 'y'], d: ['z'] } } });
  t.strictSame(errorsOf(schema, { 'a/b': [2, 2, 1] }), []);
  t.strictSame(errorsOf(schema, { 'a/b': [2, 1, 3, 4], c: 'z', d: 'x' }), [
    '/a~1b/2 must not be more than the element before, 1',
  ]);
  for (const exception of [{ c: 'x' }, { c: 'y' }, { d: 'z' }]) {
    t.strictSame(errorsOf(schema, { 'a/b': [1, 2], ...exception }), []);
  }
  t.strictSame(errorsOf(schema, { 'a/b': 'ab' }), []);
  t.strictSame(errorsOf(schema, {}), []);
});

t.test('first and last', async (t) => {
  const schema = array({ first: 0, last: 1 });
  t.strictSame(errorsOf(schema, [0, 0.5, 1]), []);
  t.strictSame(errorsOf(schema, []), []);
  t.strictSame(errorsOf(schema, [0.1, 1]), [' must start with 0, not 0.1']);
  t.strictSame(errorsOf(schema, [0, 0.9]), [' must end with 1, not 0.9']);
});

t.test('square', async (t) => {
  const schema = array({ square: true });
  const pair = [1, 2];
  t.strictSame(errorsOf(schema, [pair, pair]), []);
  t.strictSame(errorsOf(schema, [pair, [1, 2, 3]]), [
    '/1 must have as many elements as there are rows, 2, not 3',
  ]);
  t.strictSame(errorsOf(schema, [pair]), ['/0 must have as many elements as there are rows, 1, not 2']);
  t.strictSame(errorsOf(schema, [pair, 'no row']), []);
});

t.test('equalLengths', async (t) => {
  const schema = object({ equalLengths: ['a', 'b', 'c/d'] });
  t.strictSame(errorsOf(schema, { a: [1], b: [2], 'c/d': [3] }), []);
  t.strictSame(errorsOf(schema, { a: [1], b: [2, 3], 'c/d': [4] }), [
    '/b must have as many elements as a, 1, not 2',
  ]);
  t.strictSame(errorsOf(schema, { a: [1], b: [2], 'c/d': [] }), [
    '/c~1d must have as many elements as a, 1, not 0',
  ]);
  t.strictSame(errorsOf(schema, { a: [1], b: 'text' }), []);
});

t.test('dimensions', async (t) => {
  const schema = object({ dimensions: { 'a/b': ['names', 'classes'], bias: ['classes'] } });
  const names = ['x', 'y'];
  const classes = ['no', 'yes', 'perhaps'];
  const row = [1, 2, 3];
  t.strictSame(errorsOf(schema, { names, classes, 'a/b': [row, row], bias: row }), []);
  t.strictSame(errorsOf(schema, { names, classes, 'a/b': [row], bias: row }), [
    '/a~1b must have as many elements as names, 2, not 1',
  ]);
  t.strictSame(errorsOf(schema, { names, classes, 'a/b': [row, [1, 2]], bias: row }), [
    '/a~1b/1 must have as many elements as classes, 3, not 2',
  ]);
  t.strictSame(errorsOf(schema, { names, classes, 'a/b': [row, row], bias: [] }), [
    '/bias must have as many elements as classes, 3, not 0',
  ]);
  t.strictSame(errorsOf(schema, { names, classes, 'a/b': ['text', row], bias: 'text' }), []);
  t.strictSame(errorsOf(object({ properties: { deep: schema } }), { deep: { classes, 'a/b': [[1]] } }), [
    '/deep/a~1b/0 must have as many elements as classes, 3, not 1',
  ]);
});

t.test('newestFormat', async (t) => {
  const schema = object({ newestFormat: { format: 2 }, properties: { name: {} }, required: ['name'] });
  t.strictSame(errorsOf(schema, { format: 2, name: '' }), []);
  t.strictSame(errorsOf(schema, { format: 'new', name: '' }), []);
  t.equal(
    errorsOf(schema, { format: 3 })[0],
    '/format must be 2 or less: a newer format needs a newer digit-classifier',
  );
});

t.test('together', async (t) => {
  const schema = object({ together: [['seed'], ['options', 'split'], ['options', 'a/b']] });
  t.strictSame(errorsOf(schema, {}), []);
  t.strictSame(errorsOf(schema, { options: { other: 1 } }), []);
  t.strictSame(errorsOf(schema, { seed: 0, options: { split: null, 'a/b': false } }), []);
  t.strictSame(errorsOf(schema, { seed: 0 }), ['/options must have split, since seed is present']);
  t.strictSame(errorsOf(schema, { options: { split: 1, 'a/b': 1 } }), [
    ' must have seed, since options/split is present',
  ]);
  t.strictSame(errorsOf(schema, { seed: 0, options: { split: 1 } }), [
    '/options must have a/b, since seed is present',
  ]);
  t.strictSame(errorsOf(schema, { seed: 0, options: null }), [
    '/options must have split, since seed is present',
  ]);
});

t.test('keyedBy', async (t) => {
  const schema = object({ keyedBy: { scores: { items: 'names', besides: ['mean'] } } });
  const valid = JSON.parse(
    '{ "names": ["__proto__", "a"], "scores": { "a": 1, "__proto__": 2, "mean": 3 } }',
  );
  t.strictSame(errorsOf(schema, valid), []);
  t.strictSame(errorsOf(schema, { names: ['a', 'toString'], scores: { a: 1, mean: 3 } }), [
    '/scores must have the key "toString"; keys come from names',
  ]);
  t.strictSame(errorsOf(schema, { names: ['a'], scores: { a: 1 } }), [
    '/scores must have the key "mean"; keys come from names',
  ]);
  t.strictSame(errorsOf(schema, { names: ['a'], scores: { a: 1, mean: 3, b: 2 } }), [
    '/scores must not have the key "b"; keys come from names',
  ]);
  t.strictSame(errorsOf(schema, { names: ['a'], scores: null }), []);
});

t.test('sumOf and meanOf', async (t) => {
  const schema = object({ sumOf: { total: 'parts' }, meanOf: { average: 'parts' } });
  t.strictSame(errorsOf(schema, { total: 0.1 + 0.2 + 0.3, average: 0.2, parts: [0.1, 0.2, 0.3] }), []);
  t.strictSame(errorsOf(schema, { total: 0, average: 0, parts: [0, 0] }), []);
  t.strictSame(errorsOf(schema, { total: 5.00000001, average: 2.5, parts: [2, 3] }), [
    '/total must be the sum of parts, 5',
  ]);
  t.strictSame(errorsOf(schema, { total: 5, average: 2.4, parts: [2, 3] }), [
    '/average must be the mean of parts, 2.5',
  ]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (parts) => {
      const total = parts.reduceRight((sum, part) => sum + part, 0);
      t.strictSame(errorsOf(schema, { total, average: total / parts.length, parts }), []);
    }),
  );
});

t.test('a keyword refuses what it could not mean', async (t) => {
  for (const schema of [
    array({ countsFromOne: false }),
    array({ monotonic: 'up' }),
    array({ first: '0' }),
    object({ equalLengths: ['alone'] }),
    object({ dimensions: { weights: [] } }),
    object({ newestFormat: { format: '1' } }),
    object({ keyedBy: { scores: 'names' } }),
    object({ sumOf: { total: 1 } }),
  ]) {
    for (const ajv of instances) t.throws(() => ajv.compile(schema), JSON.stringify(schema));
  }
});
