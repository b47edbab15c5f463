import { createHash } from 'node:crypto';
import t from 'tap';
import { html, type PackedModel } from '../../src/exports/html.js';
import type { Model } from '../../src/model/model.js';
import { unpack } from '../../web/model-page/unpack.js';

/** Numbers whose bits are easily lost: of either sign of zero, subnormal, and with all digits. */
const odd = [0, -0, 1e-45, -1.1754942e-38, 0.1, -3.4028235e38, 1 / 3];

const plain: Model = {
  classes: ['no', 'yes'],
  scaler: { mean: Float64Array.of(0.1, -0, 5e-324), scale: Float64Array.of(1 / 3, 1, 1e300) },
  weights: Float32Array.from(odd.slice(0, 6)),
  bias: Float32Array.from(odd.slice(5)),
};

const rich: Model = {
  ...plain,
  featureNames: ['</script><b>', '<!--<script>'],
  columns: [
    { kind: 'number', as: 'date', offset: 0.1, hasGaps: true },
    { kind: 'category', levels: [']]>$&$1'], others: ['\u2028"MODEL"'] },
  ],
  projection: { components: 2, gamma: 0.3, seed: 4_294_967_295 },
  temperature: 1.7,
  threshold: 0.25,
};

const textOf = async (...words: Parameters<typeof html.encode>) =>
  new TextDecoder().decode(await html.encode(...words));

/** The texts of a page's elements of a name, which no other markup stands in. */
const elementsOf = (page: string, name: string) =>
  [...page.matchAll(new RegExp(`<${name}( [^>]*)?>(.*?)</${name}>`, 'gs'))].map(([, , text]) => text);

function packedIn(page: string): PackedModel {
  return JSON.parse(elementsOf(page, 'script')[0]);
}

t.test('the model that the page has is the same to the last bit', async (t) => {
  for (const model of [plain, rich]) {
    const found = unpack(packedIn(await textOf(model, '1.2.3')));
    for (const [name, numbers] of [
      ['weights', found.weights],
      ['bias', found.bias],
    ] as const) {
      t.strictSame(new Uint32Array(numbers.buffer), new Uint32Array(model[name].buffer), name);
    }
    for (const name of ['mean', 'scale'] as const) {
      const [own, other] = [found, model].map(({ scaler }) => new BigUint64Array(scaler[name].buffer));
      t.strictSame(own, other, name);
    }
    const { columns, projection, temperature, threshold } = found;
    t.strictSame(
      { ...model, columns, projection, temperature, threshold },
      { columns: undefined, ...model, projection, temperature, threshold },
    );
    t.strictSame(found.featureNames, model.featureNames ?? ['feature_0', 'feature_1', 'feature_2']);
  }
});

t.test('the page is the same for the same model, and names version and test', async (t) => {
  const test = { accuracy: 0.9361, rows: Int32Array.of(1, 5, 7) };
  const page = await textOf(plain, '1.2.3', test);
  t.equal(page, await textOf(plain, '1.2.3', test));
  t.match(packedIn(page), { version: '1.2.3', test: { accuracy: 0.9361, rows: 3 } });
  t.notOk('test' in packedIn(await textOf(plain, '1.2.3')));
});

t.test('no name is markup, and the policy allows the script and the style of the page alone', async (t) => {
  const page = await textOf(rich, '1.2.3');
  const [model, script, ...others] = elementsOf(page, 'script');
  t.strictSame(others, []);
  t.notMatch(model, '<');
  t.equal(page.match(/<script/g)?.length, 2);
  const [style] = elementsOf(page, 'style');
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  for (const [kind, text] of [
    ['script', script],
    ['style', style],
  ]) {
    const hash = createHash('sha256').update(text).digest('base64');
    t.match(policy, `${kind}-src 'sha256-${hash}'`);
  }
  t.notMatch(page.replace(/<pre>.*<\/pre>/s, ''), /\b(src|href)="(?!data:)/, 'it loads nothing');
});
