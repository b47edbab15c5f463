import { loadImage } from 'canvas';
import fc from 'fast-check';
import t from 'tap';
import { View } from 'vega';
import type { Artifact } from '../../src/artifacts/artifact.js';
import { benchmark } from '../../src/artifacts/benchmark.js';
import { calibration } from '../../src/artifacts/calibration.js';
import { metrics } from '../../src/artifacts/metrics.js';
import { artifacts, otherArtifacts } from '../../src/artifacts/registry.js';
import { rocCurves } from '../../src/artifacts/roc-curves.js';
import { timingStats } from '../../src/artifacts/timing-stats.js';
import { trainingDynamics } from '../../src/artifacts/training-dynamics.js';
import { nearestCurve } from '../../src/charts/roc-curves.js';
import { pictureScale } from '../../src/charts/theme.js';
import { draw } from '../../src/files/renderer.js';
import { charts } from '../../src/generated/charts.js';
import type { PayloadTypes, ReliabilityCurve } from '../../src/generated/payloads.js';
import { classificationReport } from '../../src/metrics/classification-report.js';
import { sampleBenchmark } from '../artifacts/samples.js';
import { goldenRuns } from '../golden.js';

type RunPayloads = Omit<PayloadTypes, 'benchmark' | 'comparison' | 'model' | 'cross_validation' | 'sweep'>;

/** Payloads of a run with those classes and that many epochs; every class is mistaken for the next. */
function payloadsOf(classes: string[], epochs: number): RunPayloads {
  const confusion = classes.map((_, actual) =>
    classes.map((_, predicted) => (actual === predicted ? 30 : Number(predicted === actual + 1))),
  );
  const durations = Array.from({ length: epochs }, (_, epoch) => (epoch === 0 ? 2e-3 : 1e-4 + 1e-7 * epoch));
  const total = durations.reduce((sum, seconds) => sum + seconds, 0);
  return {
    metrics: {
      train_accuracy: 0.99,
      test_accuracy: 0.97,
      classes,
      confusion_matrix: confusion,
      classification_report: classificationReport(confusion, classes),
    },
    roc_curves: Object.fromEntries(
      classes.map((name, index) => [
        name,
        { fpr: [0, 0, 0.02 * index, 1], tpr: [0, 0.9, 1, 1], auc: 1 - 0.001 * index },
      ]),
    ),
    calibration: {
      confidence: curveAt(0.12, 0.57, 0.97),
      classwise_ece: 0.03,
      classes: classes.map((name, index) => ({ name, curve: curveAt(0.02, 0.5, 0.9 + 1e-4 * index) })),
    },
    training_dynamics: {
      epochs: durations.map((_, epoch) => epoch + 1),
      learning_rates: durations.map((_, epoch) => 0.1 / (1 + 0.01 * epoch)),
      losses: durations.map((_, epoch) => 2.3 / (1 + 0.1 * epoch)),
    },
    timing_stats: {
      total_training_time_sec: total,
      average_epoch_time_sec: total / epochs,
      epoch_durations_sec: durations,
    },
    importance: {
      seed: 13,
      repeats: 10,
      test_accuracy: 0.97,
      cross_entropy: 0.2,
      columns: classes.map((name, index) => {
        const mean = 0.3 / (index + 1) - 0.02;
        const estimate = { mean, low: mean - 0.01, high: mean + 0.01 };
        return { name, accuracy_fall: estimate, cross_entropy_rise: estimate };
      }),
    },
  };
}

/** A reliability curve with a bin around each probability, in which all but one of ten rows have the event. */
function curveAt(...probabilities: number[]): ReliabilityCurve {
  const bins = probabilities.map((probability) => {
    const low = Math.floor(10 * probability) / 10;
    return { low, high: low + 0.1, rows: 10, probability, share: 0.9, interval: [0.6, 0.98] };
  });
  return { ece: probabilities.reduce((sum, probability) => sum + Math.abs(0.9 - probability) / 3, 0), bins };
}

const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const oddNames = [
  'a, b',
  '"quoted"',
  '__proto__',
  'constructor',
  '<b>',
  'a name of eighty letters'.repeat(4),
];

const scripts = [
  'Zażółć gęślą jaźń',
  'Съешь ещё',
  'Ξεσκεπάζω τὴν ψυχή',
  'Nguyễn',
  '日本語',
  '🍎 apple',
  'a\u0000b',
  'مرحبا',
];
const longNames = letters.map((letter) => `${'long and alike '.repeat(4)}${letter}`);
const wideNames = letters.slice(0, 12).map((letter) => 'W'.repeat(60) + letter);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

const runs: [string, RunPayloads][] = [
  ['one epoch, two classes', payloadsOf(['no', 'yes'], 1)],
  ['five epochs, ten classes', payloadsOf([...'0123456789'], 5)],
  ['5,000 epochs, 26 classes', payloadsOf(letters, 5000)],
  ['odd names', payloadsOf(oddNames, 120)],
  ['names in many scripts', payloadsOf(scripts, 2)],
  ['long names', payloadsOf(longNames, 2)],
  ['29 classes', payloadsOf(numbers(29), 2)],
  ['100 classes', payloadsOf(numbers(100), 2)],
  ['1,000 classes', payloadsOf(numbers(1000), 2)],
];

const registry: readonly Artifact<object>[] = artifacts.filter((artifact) => artifact.chart !== undefined);

for (const [title, payloads] of runs) {
  t.test(`every picture of a run with ${title}`, async (t) => {
    for (const { name, picture, chart } of registry) {
      const payload: object = payloads[name as keyof RunPayloads];
      const image = await loadImage(await draw(picture, chart.data(payload)));
      t.ok(image.width >= 1000, `${picture} is ${image.width} pixels wide`);
      t.ok(
        image.height > 600 && image.height < image.width * 1.2,
        `${picture} is ${image.height} pixels high`,
      );
    }
  });
}

t.test('every artifact of the registry has its chart compiled', async (t) => {
  t.same(
    Object.keys(charts),
    [...artifacts, ...otherArtifacts].flatMap(({ picture }) => picture ?? []),
  );
});

t.test('data come from the payload alone, and leave it as it is', async (t) => {
  for (const { name, chart } of registry) {
    const payload: object = freeze(payloadsOf(oddNames, 40)[name as keyof RunPayloads]);
    t.same(chart.data(payload), chart.data(payload), name);
  }
});

t.test('the confusion matrix, row by row', async (t) => {
  const [, golden] = goldenRuns.find(([name]) => name === 'seed-13-epochs-120') ?? goldenRuns[0];
  const { params, datasets } = metrics.chart.data({
    train_accuracy: golden.train_accuracy,
    test_accuracy: golden.test_accuracy,
    classes: [...'0123456789'],
    confusion_matrix: golden.confusion_matrix,
    classification_report: classificationReport(golden.confusion_matrix, [...'0123456789']),
  });
  const accuracy = (100 * golden.test_accuracy).toFixed(1);
  t.equal(params.heading, `Confusion matrix: ${accuracy}% accuracy on 360 test rows`);
  t.equal(datasets.cells.length, 100);
  t.match(datasets.cells[81], { actual: 8, predicted: 1, count: golden.confusion_matrix[8][1] });
  const shades = datasets.cells.map((cell) => Number(Reflect.get(cell, 'shade')));
  for (const [actual, counts] of golden.confusion_matrix.entries()) {
    const row = shades.slice(10 * actual, 10 * actual + 10);
    t.equal(row.filter((shade) => shade > 0).length, 1, 'one shade of a row is that of the right ones');
    const support = counts.reduce((sum, count) => sum + count, 0);
    t.equal(row[actual], counts[actual] / support);
    t.ok(Math.abs(row.reduce((sum, shade) => sum + Math.abs(shade), 0) - 1) < 1e-12, 'shares of a class');
  }
});

t.test('a class without test rows has no shade', async (t) => {
  const payload = payloadsOf(['a', 'b'], 1).metrics;
  const { datasets } = metrics.chart.data({
    ...payload,
    confusion_matrix: [
      [3, 0],
      [0, 0],
    ],
  });
  t.match(datasets.cells, [{ shade: 1 }, { shade: -0 }, { shade: -0 }, { shade: 0 }]);
});

/** Part of a picture as Vega laid it out. */
interface Mark {
  readonly marktype: string;
  readonly role: string;
  readonly items: readonly {
    readonly x: number;
    readonly y: number;
    readonly opacity?: number;
    readonly text?: string | string[];
    readonly bounds: { x1: number; y1: number; x2: number; y2: number };
    readonly items?: readonly Mark[];
  }[];
}

interface Text {
  readonly text: string;
  readonly role: string;
  /** Sides of its rectangle in the picture. */
  readonly sides: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
}

/** The texts that a picture shows, and where; the fonts that they take have to be registered, as by drawing them. */
async function textsOf<Payload extends object>(
  { picture, chart }: Artifact<Payload>,
  payload: Payload,
): Promise<Text[]> {
  const { params, datasets } = chart.data(payload);
  const view = new View(JSON.parse((await charts[picture]()).default), { renderer: 'none' });
  for (const [name, value] of Object.entries(params)) view.signal(name, value);
  for (const [name, rows] of Object.entries(datasets)) view.data(name, [...rows]);
  await view.runAsync();
  const textsIn = ({ marktype, role, items }: Mark, left: number, top: number): Text[] =>
    items.flatMap(({ x, y, opacity, text = '', bounds, items = [] }) => {
      if (marktype === 'group') return items.flatMap((mark) => textsIn(mark, left + x, top + y));
      if (marktype !== 'text' || opacity === 0 || text.length === 0) return [];
      const { x1, y1, x2, y2 } = bounds;
      const sides = { x1: left + x1, y1: top + y1, x2: left + x2, y2: top + y2 };
      return [{ text: String(text), role, sides }];
    });
  const { root } = view.scenegraph() as unknown as { root: Mark };
  return textsIn(root, 0, 0);
}

/** Pairs of texts that lie over one another; their rectangles, higher than the letters, may by a pixel or two. */
function overlapping(texts: readonly Text[]): [string, string][] {
  const sorted = texts.toSorted((a, b) => a.sides.y1 - b.sides.y1);
  return sorted.flatMap(({ text, sides: a }, index) => {
    const pairs: [string, string][] = [];
    for (let other = index + 1; other < sorted.length && sorted[other].sides.y1 < a.y2 - 2; other++) {
      const b = sorted[other].sides;
      if (a.x1 < b.x2 - 2 && b.x1 < a.x2 - 2) pairs.push([text, sorted[other].text]);
    }
    return pairs;
  });
}

const layouts: Record<string, string[]> = {
  'two classes': ['no', 'yes'],
  'ten classes': numbers(10),
  letters: letters,
  'odd names': oddNames,
  'names in many scripts': scripts,
  'long names': longNames,
  'wide names': wideNames,
  'four long names': longNames.slice(0, 4),
  '30 classes': numbers(30),
  '100 classes': numbers(100).map((number) => `class ${number}`),
  '300 classes': numbers(300),
};

t.before(() => draw(metrics.picture, metrics.chart.data(payloadsOf(scripts, 1).metrics)));

for (const [title, classes] of Object.entries(layouts)) {
  t.test(`no text lies over another: ${title}`, async (t) => {
    const payloads = payloadsOf(classes, 1);
    for (const times of [1, 54_321]) {
      const confusion_matrix = payloads.metrics.confusion_matrix.map((row) =>
        row.map((count) => times * count),
      );
      const texts = await textsOf(metrics, { ...payloads.metrics, confusion_matrix });
      t.same(overlapping(texts), [], `confusion matrix, counts times ${times}`);
      const labels = texts.filter(({ role }) => role === 'axis-label').length;
      t.ok(labels === 2 * classes.length || (classes.length > 100 && labels >= 100), `${labels} labels`);
    }
    const texts = await textsOf(rocCurves, payloads.roc_curves);
    t.same(overlapping(texts), [], 'ROC curves');
    const named = texts.filter(({ role }) => role === 'legend-label').length;
    t.same(overlapping(await textsOf(calibration, payloads.calibration)), [], 'calibration');
    t.equal(named, classes.length <= 28 ? classes.length : 7, 'as many in the legend as can be told apart');
  });
}

t.test('both axes of a confusion matrix have the labels of the same classes, evenly thinned', async (t) => {
  for (const [count, step] of [
    [12, 1],
    [100, 1],
    [120, 2],
    [199, 2],
  ]) {
    const classes = numbers(count).map((number) => `class ${number}`);
    const texts = await textsOf(metrics, payloadsOf(classes, 1).metrics);
    const labels = texts.filter(({ role }) => role === 'axis-label').map(({ text }) => text);
    const expected = classes.filter((_, index) => index % step === 0);
    t.same(labels, [...expected, ...expected], `${count} classes`);
    t.same(overlapping(texts), []);
  }
});

t.test('a picture of unbalanced classes says what its accuracy is worth', async (t) => {
  const subtitleOf = (...confusion_matrix: number[][]) =>
    metrics.chart.data({ ...payloadsOf(['no', '有'], 1).metrics, confusion_matrix }).params.subtitle;
  t.equal(
    subtitleOf([97, 0], [2, 1])[1],
    'Always answering no would be right for 97.0%; balanced accuracy, the mean over the classes: 66.7%',
  );
  t.match(subtitleOf([1, 2], [0, 97])[1], /^Always answering #2 would/);
  t.notMatch(subtitleOf([50, 0], [2, 48]).join(), /Always/);
});

t.test('two classes have one ROC curve, that of the second', async (t) => {
  const curve = { fpr: [0, 0, 0.5, 1], tpr: [0, 0.5, 1, 1], auc: 0.875 };
  const { params, datasets } = rocCurves.chart.data({ no: curve, yes: { ...curve, tpr: [0, 0.6, 0.9, 1] } });
  t.equal(params.heading, 'ROC curve of yes: AUC 0.8750');
  t.match(params.subtitle[0], /^yes against no, on the test rows;/);
  t.same(params.labels, ['yes · AUC 0.8750']);
  t.same(datasets.curves, [{ index: 0, fpr: [0, 0, 0.5, 1], tpr: [0, 0.6, 0.9, 1] }]);
  const three = rocCurves.chart.data({ a: curve, c: { ...curve, auc: 0.9 } });
  t.equal(three.datasets.curves.length, 2, 'two of three classes have a curve each');
});

t.test('of many classes, those that are calibrated worst have a panel, in their order', async (t) => {
  const namesOf = (classes: string[]) =>
    calibration.chart
      .data(freeze(payloadsOf(classes, 1).calibration))
      .datasets.panels.map((panel) => Reflect.get(panel, 'name'));
  t.same(namesOf(['no', 'yes']), ['yes'], 'of two, the second');
  t.same(namesOf(numbers(12)), numbers(12));
  t.same(namesOf(letters), letters.slice(-12));
  const long = letters.map((letter) => `a class of twenty-eight, ${letter}`);
  const shortened = namesOf(long).map(String);
  t.equal(new Set(shortened).size, 12, 'shortened names still differ');
  t.ok(
    shortened.every((name) => name.length < 28),
    `${shortened[0]} fits above its panel`,
  );
  const { params, datasets } = calibration.chart.data(payloadsOf(letters, 1).calibration);
  t.equal(params.heading, 'Calibration: ECE 0.393 on 30 test rows');
  t.match(params.subtitle[1], /^The 12 of 26 classes with the largest ECE, .* mean ECE 0.030$/);
  t.equal(datasets.confidence.length, 3);
  t.equal(datasets.points.length, 36);
});

t.test('without a ROC curve there is a picture, which says why', async (t) => {
  const data = rocCurves.chart.data({});
  t.equal(data.params.heading, 'No ROC curve: all test rows are of one class');
  t.ok((await draw(rocCurves.picture, data)).length > 0);
});

t.test('counts are in full, abbreviated or left out, as their cells have room', async (t) => {
  const countsOf = async (classCount: number, times: number) => {
    const payload = payloadsOf(numbers(classCount), 1).metrics;
    const confusion_matrix = payload.confusion_matrix.map((row) => row.map((count) => times * count));
    const texts = await textsOf(metrics, { ...payload, confusion_matrix });
    return texts.filter(({ role }) => role === 'mark').map(({ text }) => text);
  };
  t.same(await countsOf(2, 1), ['30', '1', '0', '30', '96.8%', '3.2%', '0.0%', '100.0%']);
  t.same((await countsOf(10, 1)).slice(0, 3), ['30', '1', '0']);
  t.same((await countsOf(10, 4321)).slice(0, 3), ['129,630', '4,321', '0']);
  t.same((await countsOf(26, 54_321)).slice(0, 3), ['1.6M', '54k', '0']);
  t.same((await countsOf(40, 1)).slice(0, 3), ['30', '1', '0']);
  t.same(await countsOf(100, 1), []);
});

t.test('of more than 200 classes, some share a cell', async (t) => {
  const classes = numbers(1000);
  const counts = (actual: number, predicted: number) =>
    actual === predicted ? 6 : Number(predicted === actual + 1) + 2 * Number(predicted === actual + 500);
  const confusion = classes.map((_, actual) => classes.map((_, predicted) => counts(actual, predicted)));
  const { params, datasets } = metrics.chart.data({
    ...payloadsOf(['a', 'b'], 1).metrics,
    classes,
    confusion_matrix: confusion,
  });
  t.match(params.subtitle, [/; a cell stands for 5 × 5 classes$/]);
  t.same((params.classes as string[]).slice(0, 3), ['0', '5', '10']);
  const cells = datasets.cells as { actual: number; predicted: number; count: number; shade: number }[];
  t.equal(cells.length, 200 ** 2);
  t.match(cells[0], { actual: 0, predicted: 0, count: 30, shade: 30 / 45 }, 'the right ones alone');
  t.match(cells[1], { actual: 0, predicted: 1, count: 1, shade: -1 / 45 });
  t.match(cells[100], { actual: 0, predicted: 100, count: 10, shade: -10 / 45 });
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  const all = confusion.flat().reduce((sum, count) => sum + count, 0);
  const amid = classes.filter((_, actual) => actual % 5 < 4).length;
  t.equal(total, all - amid, 'less the mistakes among classes of one cell');
});

t.test('no rounding makes an accuracy all or nothing', async (t) => {
  const payload = payloadsOf(['a', 'b'], 1).metrics;
  for (const [accuracy, text] of [
    [0, '0.0%'],
    [1e-7, '<0.1%'],
    [0.0005, '0.1%'],
    [0.9994, '99.9%'],
    [0.99999, '>99.9%'],
    [1, '100.0%'],
  ] as const) {
    const { params } = metrics.chart.data({ ...payload, test_accuracy: accuracy });
    t.equal(params.heading, `Confusion matrix: ${text} accuracy on 61 test rows`);
  }
});

t.test('of more ROC curves than styles, the lowest and the mean are named', async (t) => {
  const curves = Object.fromEntries(
    numbers(1000).map((name, index) => {
      const fpr = Array.from({ length: 201 }, (_, i) => i / 200);
      const power = 0.2 + 0.3 * ((7 * index) % 1000) * 1e-3;
      return [name, { fpr: [0, ...fpr], tpr: [0, ...fpr.map((x) => x ** power)], auc: 1 / (1 + power) }];
    }),
  );
  const { params, datasets } = rocCurves.chart.data(freeze(curves));
  const lowest = Object.entries(curves).toSorted(([, a], [, b]) => a.auc - b.auc);
  const mean = lowest.reduce((sum, [, { auc }]) => sum + auc, 0) / 1000;
  t.same(params.labels, [
    ...lowest.slice(0, 6).map(([name, { auc }]) => `${name} · AUC ${auc.toFixed(4)}`),
    `mean of all 1,000 · AUC ${mean.toFixed(4)}`,
  ]);
  type Points = { fpr: number[]; tpr: number[] };
  const drawn = (datasets.curves as Points[]).at(-1) ?? { fpr: [], tpr: [] };
  const area = drawn.fpr.reduce(
    (sum, x, i) => (i === 0 ? 0 : sum + ((x - drawn.fpr[i - 1]) * (drawn.tpr[i] + drawn.tpr[i - 1])) / 2),
    0,
  );
  t.ok(Math.abs(area - mean) < 2e-3, `the area under the mean is ${area}, the mean area ${mean}`);
  for (const faint of [datasets.faintCurves, datasets.faintCornerCurves] as Points[][]) {
    t.equal(faint.length, 994);
    const points = faint.reduce((sum, { fpr }) => sum + fpr.length, 0);
    t.ok(points > 10_000 && points < 70_000, `${points} points`);
  }
});

t.test('the legend of the ROC curves gives the AUC of each class, in the order of the classes', async (t) => {
  for (const [name, golden] of goldenRuns) {
    const { params } = rocCurves.chart.data(golden.roc_curves);
    const labels = Object.entries(golden.roc_curves).map(
      ([label, { auc }]) => `${label} · AUC ${auc.toFixed(4)}`,
    );
    t.same(params.labels, labels, name);
  }
  const { params } = rocCurves.chart.data(payloadsOf(oddNames, 1).roc_curves);
  t.match(params.labels, {
    2: '__proto__ · AUC 0.9980',
    // A long name leaves room for the AUC.
    5: 'a name of eighty…hty letters · AUC 0.9950',
  });
});

t.test('the nearest point of all curves is on one, and no other is nearer', async (t) => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  const rising = fc
    .array(rate, { minLength: 4, maxLength: 4 })
    .map((rates) => [0, ...rates.toSorted((a, b) => a - b), 1]);
  const curve = fc.record({ fpr: rising, tpr: rising });
  const place = fc.record({ fpr: rate, tpr: rate });
  fc.assert(
    fc.property(fc.array(curve, { minLength: 1, maxLength: 4 }), place, (curves, place) => {
      const found = nearestCurve(curves, place);
      if (found === undefined) return false;
      const distanceTo = (fpr: number, tpr: number) => Math.hypot(fpr - place.fpr, tpr - place.tpr);
      const points = curves.map(({ fpr, tpr }) =>
        fpr
          .slice(1)
          .flatMap((end, i) =>
            Array.from({ length: 101 }, (_, step) => [
              fpr[i] + (step / 100) * (end - fpr[i]),
              tpr[i] + (step / 100) * (tpr[i + 1] - tpr[i]),
            ]),
          ),
      );
      const least = Math.min(...points.flat().map(([fpr, tpr]) => distanceTo(fpr, tpr)));
      const own = points[found.index].map(([fpr, tpr]) => Math.hypot(fpr - found.fpr, tpr - found.tpr));
      return (
        Math.abs(found.distance - distanceTo(found.fpr, found.tpr)) < 1e-12 &&
        found.distance <= least + 1e-12 &&
        least - found.distance < 0.01 &&
        Math.min(...own) < 0.01
      );
    }),
  );
  t.equal(nearestCurve([], { fpr: 0, tpr: 0 }), undefined);
  const flat = { fpr: [0.5], tpr: [0.5] };
  t.same(nearestCurve([flat], { fpr: 0.5, tpr: 0.25 }), { index: 0, fpr: 0.5, tpr: 0.5, distance: 0.25 });
});

t.test('in a page plots are as wide as there is room, and no larger than on paper', async (t) => {
  const payloads = payloadsOf(numbers(10), 150);
  const sizes = (width: number, margin: number) => {
    const room = { width, margin };
    const { columns, childWidth, childHeight } = rocCurves.chart.data(payloads.roc_curves, room).params;
    const confusion = metrics.chart.data(payloads.metrics, room).params;
    const { left_width, panels_width } = calibration.chart.data(payloads.calibration, room).params;
    const widths = [Number(left_width), Number(panels_width)];
    t.ok(Math.max(...widths, widths[0] + (width < 720 ? 0 : widths[1])) <= Math.max(100, width - margin));
    t.equal(confusion.width, confusion.height);
    t.equal(childWidth, childHeight);
    return [
      confusion.width,
      childWidth,
      columns,
      trainingDynamics.chart.data(payloads.training_dynamics, room).params.width,
      timingStats.chart.data(payloads.timing_stats, room).params.width,
    ];
  };
  t.same(sizes(330, 50), [280, 280, 1, 280, 280]);
  t.same(sizes(620, 60), [560, 280, 2, 560, 560]);
  t.same(sizes(1000, 60), [560, 420, 2, 940, 940]);
  t.same(sizes(50, 60), [100, 100, 1, 100, 100], 'there is a least size');

  const narrow = metrics.chart.data(payloads.metrics, { width: 330, margin: 50 });
  t.equal(narrow.params.countSize, 28 * 0.36);
  const { params, datasets } = timingStats.chart.data(payloads.timing_stats, { width: 200, margin: 50 });
  t.equal(params.bars, 75);
  t.equal(datasets.bars.length, 75, 'of two pixels each');
  t.equal(params.note, '');
  t.match(params.subtitle, [/^Time to compute/, /^each bar: mean of 2 epochs · /]);
});

t.test('every ROC curve bends inside the corner that is magnified', async () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  const steps = fc.array(fc.tuple(rate, rate), { minLength: 1, maxLength: 50, size: 'max' });
  const rising = (values: number[]) => [0, ...values.toSorted((a, b) => a - b), 1];
  fc.assert(
    fc.property(steps, (points) => {
      const curve = { fpr: rising(points.map(([x]) => x)), tpr: rising(points.map(([, y]) => y)), auc: 0.5 };
      const { params, datasets } = rocCurves.chart.data({ a: curve });
      const corner = Number(params.corner);
      const nearest = Math.min(...curve.fpr.map((x, i) => Math.max(x, 1 - curve.tpr[i])));
      const [whole] = datasets.curves as [typeof curve];
      return (
        (nearest <= corner || corner === 0.5) &&
        whole.fpr[0] === 0 &&
        whole.tpr.at(-1) === 1 &&
        whole.fpr.every((x, i) => curve.fpr.some((fpr, j) => fpr === x && curve.tpr[j] === whole.tpr[i]))
      );
    }),
  );
});

t.test('of a ROC curve of a million points, a panel gets what it can show', async (t) => {
  const rates = Array.from({ length: 1_000_001 }, (_, i) => i / 1_000_000);
  const { datasets } = rocCurves.chart.data({ a: { fpr: rates, tpr: rates.map(Math.sqrt), auc: 2 / 3 } });
  for (const [curve] of [datasets.curves, datasets.cornerCurves] as [{ fpr: number[]; tpr: number[] }][]) {
    t.ok(curve.fpr.length > 400 && curve.fpr.length < 2000, `${curve.fpr.length} points`);
    t.ok(curve.fpr.every((x, i) => i === 0 || x > curve.fpr[i - 1]));
  }
});

t.test('the trace of a long training keeps its ends and extremes', async () => {
  const losses = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 2000,
    size: 'max',
  });
  fc.assert(
    fc.property(losses, fc.constantFrom(1, 2, 7), (some, times) => {
      const values = Array.from({ length: times }, () => some).flat();
      const { datasets } = trainingDynamics.chart.data({
        epochs: values.map((_, index) => index + 1),
        learning_rates: values,
        losses: values,
      });
      const points = datasets.losses as { epoch: number; value: number }[];
      const drawn = points.map(({ value }) => value);
      return (
        points.length <= 4 * 760 &&
        points[0].epoch === 1 &&
        points.at(-1)?.epoch === values.length &&
        points.every(
          ({ epoch, value }, i) => values[epoch - 1] === value && (i === 0 || epoch > points[i - 1].epoch),
        ) &&
        Math.max(...drawn) === values.reduce((a, b) => Math.max(a, b)) &&
        Math.min(...drawn) === values.reduce((a, b) => Math.min(a, b)) &&
        (values.length > 760 || points.length === values.length)
      );
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

interface Bar {
  from: number;
  to: number;
  time: number;
}

const secondsOf: Record<string, number> = { s: 1, ms: 1e-3, µs: 1e-6 };

t.test('bars stand side by side, and their area is the time of the training', async () => {
  const durations = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), {
    minLength: 1,
    maxLength: 3000,
    size: 'max',
  });
  fc.assert(
    fc.property(durations, (seconds) => {
      const total = seconds.reduce((sum, value) => sum + value, 0);
      const { params, datasets } = timingStats.chart.data({
        total_training_time_sec: total,
        average_epoch_time_sec: total / seconds.length,
        epoch_durations_sec: seconds,
      });
      const bars = datasets.bars as Bar[];
      const unit = secondsOf[String(params.unit)];
      const area = bars.reduce((sum, { from, to, time }) => sum + (to - from) * time * unit, 0);
      return (
        bars.length === params.bars &&
        bars.length <= 380 &&
        bars.every(({ from }, i) => from === (i === 0 ? 0.5 : bars[i - 1].to)) &&
        bars.at(-1)?.to === seconds.length + 0.5 &&
        Math.abs(area - total) <= 1e-9 * total &&
        Number(params.limit) > 0
      );
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

t.test('a slow first epoch is cut off and named, so that the others keep their height', async (t) => {
  const { params, datasets } = timingStats.chart.data(payloadsOf(['a', 'b'], 120).timing_stats);
  const bars = datasets.bars as Bar[];
  t.equal(params.unit, 'µs');
  t.ok(bars[0].time > Number(params.limit));
  t.ok(bars.slice(1).every(({ time }) => time > 0.4 * Number(params.limit) && time <= Number(params.limit)));
  t.equal(params.note, '1 bar runs past the axis · slowest: epoch 1, 2 ms');
  t.match(datasets.median, [{ label: ['median', '106 µs'] }]);
});

t.test('epochs of the same length all fit', async (t) => {
  const seconds = new Array<number>(5000).fill(0.25);
  const { params, datasets } = timingStats.chart.data({
    total_training_time_sec: 1250,
    average_epoch_time_sec: 0.25,
    epoch_durations_sec: seconds,
  });
  t.equal(params.heading, 'Training time: 5,000 epochs in 1,250 s');
  t.equal(params.note, 'each bar: mean of 20 epochs · slowest: epoch 1, 250 ms');
  t.ok((datasets.bars as Bar[]).every(({ time }) => time === 250 && time <= Number(params.limit)));
});

t.test('a million epochs are drawn', async (t) => {
  const payloads = payloadsOf(['a', 'b'], 1_000_000);
  for (const { name, picture, chart } of [trainingDynamics, timingStats] as Artifact<object>[]) {
    const png = await draw(picture, chart.data(payloads[name as keyof RunPayloads]));
    t.ok(png.length > 0, picture);
  }
});

t.test('a benchmark is drawn with one table and with many', async (t) => {
  const { results, ...rest } = sampleBenchmark();
  for (const count of [1, 2, 7]) {
    const repeated = Array.from({ length: count }, (_, index) => results[index % 2]);
    const payload = freeze({ ...rest, results: repeated });
    const image = await loadImage(await draw(benchmark.picture, benchmark.chart.data(payload)));
    t.ok(image.width >= 1000, `${image.width} pixels wide`);
    const height = image.height / pictureScale;
    t.ok(height > 190 + 110 * count && height < 310 + 150 * count, `${height} units high`);
  }
});

t.test(
  'the heading of a benchmark names the least and the most, its bars keep within the axis',
  async (t) => {
    const payload = sampleBenchmark();
    payload.results[0].speedup = 12.34;
    const { params, datasets } = benchmark.chart.data(payload);
    t.equal(params.heading, 'WebAssembly trains 9× to 12× as fast as JavaScript');
    t.same(params.shapes, ['1,437 × 64 × 10\n12× as fast', '10,000 × 784 × 10\n9× as fast']);
    t.equal(datasets.bars.length, 4);
    t.match(datasets.bars[0], { core: 'WebAssembly', label: 'WebAssembly · 100 µs per epoch' });
    for (const bar of datasets.bars as { slower: number; gflops: number; faster: number; peak: number }[]) {
      t.ok(bar.slower < bar.gflops && bar.gflops < bar.faster && bar.peak < Number(params.limit));
    }
    const [single] = payload.results;
    const { heading } = benchmark.chart.data({ ...payload, results: [single] }).params;
    t.equal(heading, 'WebAssembly trains 12× as fast as JavaScript');
  },
);

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
