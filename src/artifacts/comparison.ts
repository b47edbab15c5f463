import { comparisonChart } from '../charts/comparison.js';
import type { ComparedRun, Comparison, Metrics, PairedTest, RunComparison } from '../generated/payloads.js';
import { mcnemar, pairedInterval } from '../metrics/mcnemar.js';
import { counted } from '../text.js';
import type { Artifact } from './artifact.js';
import { checkLength, checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';
import { correctRows, type Manifest } from './manifest.js';

/** The metrics of a run, and how people call it. */
export interface NamedRun {
  readonly name: string;
  readonly metrics: Metrics & { readonly run: Manifest };
}

/** Runs beside each other. */
export const comparison: Artifact<Comparison> = {
  name: 'comparison',
  picture: 'comparison.png',
  check: checkComparison,
  chart: comparisonChart,
};

/** The scores of which runs can differ, in the order in which they are shown. */
export const comparedScores = [
  'test_accuracy',
  'balanced_accuracy',
  'log_loss',
  'brier_score',
  'train_accuracy',
] as const;

export type ComparedScore = (typeof comparedScores)[number];

/** Compares runs, two or more, with the first. */
export function compareRuns(runs: readonly NamedRun[]): Comparison {
  const [first, ...others] = runs;
  return {
    runs: runs.map(describeRun),
    comparisons: others.map((other, index) => ({ run: index + 1, ...compareTwo(first, other) })),
  };
}

function describeRun({ name, metrics }: NamedRun): ComparedRun {
  const { run, train_accuracy, test_accuracy, test_accuracy_interval } = metrics;
  const { balanced_accuracy, log_loss, brier_score } = metrics;
  return {
    name,
    id: run.id,
    version: run.version,
    data_sha256: run.data.sha256,
    test_rows: run.rows.test,
    train_accuracy,
    test_accuracy,
    ...(test_accuracy_interval && { test_accuracy_interval: [...test_accuracy_interval] }),
    ...(balanced_accuracy !== undefined && { balanced_accuracy }),
    ...(log_loss !== undefined && { log_loss }),
    ...(brier_score !== undefined && { brier_score }),
  };
}

function compareTwo(first: NamedRun, other: NamedRun): Omit<RunComparison, 'run'> {
  const differences = Object.fromEntries(
    comparedScores.flatMap((key) => {
      const [was, is] = [first, other].map(({ metrics }) => metrics[key]);
      return was === undefined || is === undefined ? [] : [[key, is - was]];
    }),
  ) as RunComparison['differences'];
  const unpaired = whyUnpaired(first.metrics.run, other.metrics.run);
  return unpaired === undefined
    ? { differences, paired: pairedTest(first.metrics.run, other.metrics.run) }
    : { differences, unpaired };
}

/** Why two runs were not tested on the same rows; undefined if they were. */
function whyUnpaired(first: Manifest, other: Manifest): string | undefined {
  if (first.data.sha256 !== other.data.sha256) {
    const [was, is] = [first, other].map(
      ({ data }) => `${data.file ?? 'the digits'} (${counted(data.rows, 'row')})`,
    );
    return `they are on different tables, ${was} and ${is}`;
  }
  if (first.rows.test_sha256 === other.rows.test_sha256) return undefined;
  const [was, is] = [first, other].map(({ options, rows }) => {
    const seed = options ? `seed ${options.seed}, ` : '';
    return `${counted(rows.test, 'test row')} (${seed}test split ${options?.test_split ?? 'none'})`;
  });
  return `they are tested on different rows, ${was} and ${is}`;
}

function pairedTest(first: Manifest, other: Manifest): PairedTest {
  const [was, is] = [first, other].map(correctRows);
  const onlyFirst = was.filter((correct, row) => correct && !is[row]).length;
  const onlyThis = is.filter((correct, row) => correct && !was[row]).length;
  return {
    only_first: onlyFirst,
    only_this: onlyThis,
    p: mcnemar(onlyFirst, onlyThis),
    interval: pairedInterval(onlyFirst, onlyThis, was.length),
  };
}

/** The comparisons are those of the runs after the first, and their numbers follow from those of the runs. */
function checkComparison({ runs, comparisons }: Comparison): void {
  checkLength('comparison', '/comparisons', comparisons, runs.length - 1, 'runs after the first');
  for (const [index, { run, differences, paired, unpaired }] of comparisons.entries()) {
    const place = (...keys: (string | number)[]) => jsonPointer('comparisons', index, ...keys);
    checkNumber('comparison', place('run'), run, index + 1, 'the place of the run');
    for (const [key, found] of Object.entries(differences)) {
      const [was, is] = [runs[0], runs[run]].map((each) => Number(Reflect.get(each, key)));
      checkNumber('comparison', place('differences', key), found, is - was, 'what follows from /runs');
    }
    if ((paired === undefined) === (unpaired === undefined)) {
      throw new InvalidArtifactError('comparison', place(), 'must have either paired or unpaired');
    }
    if (!paired) continue;
    const { only_first, only_this, p, interval } = paired;
    const rows = runs[0].test_rows;
    const fall = (only_this - only_first) / rows;
    const source = 'what follows from only_first and only_this';
    checkNumber('comparison', place('differences', 'test_accuracy'), differences.test_accuracy, fall, source);
    checkNumber('comparison', place('paired', 'p'), p, mcnemar(only_first, only_this), source);
    const ends = pairedInterval(only_first, only_this, rows);
    for (const end of [0, 1]) {
      checkNumber('comparison', place('paired', 'interval', end), interval[end], ends[end], source);
    }
  }
}
