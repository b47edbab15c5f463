import { loadCore } from '../core/load.js';
import { type Dataset, everyRow, type Matrix } from '../data/dataset.js';
import { takeRows } from '../data/row-reader.js';
import { encodingOf } from '../model/encoding.js';
import { projectionProducts, shapeOf } from '../model/inputs.js';
import { columnNamesOf, type Model } from '../model/model.js';
import { computeGradient, packTable } from '../model/training/objective.js';
import { Turns } from '../model/turns.js';
import { MersenneTwister, shuffle } from '../random.js';
import { accuracy } from './accuracy.js';
import { spread } from './spread.js';

/** The mean of repeated measurements, and the 95% interval of it by Student's t. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What a model loses where the values of a column no longer belong to their rows. */
export interface ColumnImportance {
  readonly name: string;
  /** Fall of the accuracy; below 0 if it is better without the column. */
  readonly accuracyFall: Estimate;
  /** Rise of the mean cross-entropy, in nats. */
  readonly crossEntropyRise: Estimate;
}

/** How much a model needs each column of a table. */
export interface Importance {
  readonly seed: number;
  /** Permutations of each column. */
  readonly repeats: number;
  /** Scores of the rows as they are. */
  readonly accuracy: number;
  readonly crossEntropy: number;
  /** In the order of the table. */
  readonly columns: readonly ColumnImportance[];
}

/** Permutations of each column. */
export const REPEATS = 10;
/** The 97.5% quantile of Student's t with 9 degrees of freedom. */
const QUANTILE = 2.2621571628540993;

/** The largest seed that `permutation_importance` draws. */
const LARGEST_SEED = 2 ** 31 - 1;

/** Multiply-adds of the importance of all columns, on so many rows. */
export function productsOfImportance(model: Model, rows: number): number {
  const { features, classes, ...shape } = shapeOf(model, rows, model.bias.length);
  const ofRow = 2 * features * classes + projectionProducts({ features, classes, ...shape });
  return REPEATS * columnNamesOf(model).length * rows * ofRow;
}

/**
 * The permutation importance of each column of a table: how much worse the predictions of rows get if the values of the
 * column are shuffled among them (L. Breiman, "Random Forests", Machine Learning 45, 2001). A category is one column. All
 * columns are shuffled in the same ways, those of scikit-learn's `permutation_importance` with `random_state=seed`.
 *
 * @param rows rows that the model was not trained on; at least one
 * @param turns by default those of a function that nobody interrupts
 * @throws RangeError if the table has other columns than the model, or the rows do not fit in a WebAssembly memory
 */
export async function permutationImportance(
  model: Model,
  { features, labels }: Pick<Dataset, 'features' | 'labels'>,
  rows: Int32Array,
  seed: number,
  turns = new Turns(),
): Promise<Importance> {
  const { columns } = features;
  const table = takeRows(features, rows);
  const own = rows.map((row) => labels[row]);
  const every = everyRow(table);
  const createCore = await loadCore();
  const core = createCore(shapeOf(model, rows.length, model.bias.length));
  core.weights.set(model.weights);
  core.bias.set(model.bias);
  const gather = encodingOf(model, table).gather(table);

  async function measure(): Promise<{ accuracy: number; crossEntropy: number }> {
    await packTable(core, gather, own, undefined, every, model, turns);
    const crossEntropy = await computeGradient(core, turns);
    return { accuracy: accuracy(own, core.classes(rows.length)), crossEntropy };
  }

  const whole = await measure();
  const ownSeed = new MersenneTwister(seed).interval(LARGEST_SEED);
  const measured: ColumnImportance[] = [];
  for (const [column, name] of columnNamesOf(model).entries()) {
    const values = Float32Array.from(every, (row) => table.values[row * columns + column]);
    const random = new MersenneTwister(ownSeed);
    const order = everyRow(table);
    const scores: { accuracy: number; crossEntropy: number }[] = [];
    let shuffled = values;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      shuffle(random, order);
      // Each permutation is one of the last, as in scikit-learn.
      const before = shuffled;
      shuffled = Float32Array.from(order, (row) => before[row]);
      put(table, column, shuffled);
      scores.push(await measure());
    }
    put(table, column, values);
    measured.push({
      name,
      accuracyFall: estimateOf(scores.map((score) => whole.accuracy - score.accuracy)),
      crossEntropyRise: estimateOf(scores.map((score) => score.crossEntropy - whole.crossEntropy)),
    });
  }
  return { seed, repeats: REPEATS, ...whole, columns: measured };
}

function put({ columns, values }: Matrix, column: number, of: Float32Array): void {
  for (let row = 0; row < of.length; row++) values[row * columns + column] = of[row];
}

function estimateOf(values: readonly number[]): Estimate {
  const { mean, std } = spread(values);
  const half = (QUANTILE * std) / Math.sqrt(values.length);
  return { mean, low: mean - half, high: mean + half };
}
