/** What rows weigh in a training: the weight of their class, times that which the table gives them. */
import type { Dataset } from '../data/dataset.js';
import type { TextForm } from '../ranges.js';
import { nearestName } from '../spelling.js';
import { quoted, shortList } from '../text.js';

/** A class and its weight. The name may have commas and equals signs. */
const PAIR = /(.+?)=([\d.]+(?:e[+-]?\d+)?)(?:,|$)/iy;

/**
 * The weights in a text such as `spam=5,ham=0.5`, by the names of the classes.
 *
 * @returns undefined if the text has another form, a class twice, or a weight that is not a finite number above 0
 */
export function parseClassWeights(text: string): ReadonlyMap<string, number> | undefined {
  const weights = new Map<string, number>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, name, written] = PAIR.exec(text) ?? [];
    const weight = Number(written);
    if (name === undefined || weights.has(name) || !(weight > 0 && weight < Infinity)) return undefined;
    weights.set(name, weight);
  }
  return weights.size > 0 && !text.endsWith(',') ? weights : undefined;
}

/** The texts that the option `classWeight` accepts. */
export const classWeightForm: TextForm = {
  expected: 'none, balanced, or NAME=W,NAME=W with numbers above 0',
  pattern: '^(none|balanced|.+=[0-9.e+-]+)$',
  fits: (text) => text === 'none' || text === 'balanced' || parseClassWeights(text) !== undefined,
};

/**
 * What is wrong with class weights for a table of these classes: that there is no such class. Undefined if nothing is.
 *
 * @param option how the message calls the option
 */
export function classWeightFault(
  classes: readonly string[],
  classWeight = 'none',
  option = 'classWeight',
): string | undefined {
  for (const name of parseClassWeights(classWeight)?.keys() ?? []) {
    if (classes.includes(name)) continue;
    const nearest = nearestName(name, classes);
    return `${option}: there is no class ${quoted(name)}, expected ${shortList(nearest ? [nearest] : classes)}`;
  }
  return undefined;
}

/** The columns of a dataset from which weights follow. */
type Weighed = Pick<Dataset, 'labels' | 'classes' | 'weights'>;

/** The rows that take part in a training: those of weight 0 do not. */
export function rowsWithWeight({ weights }: Pick<Dataset, 'weights'>, rows: Int32Array): Int32Array {
  return weights ? rows.filter((row) => weights[row] > 0) : rows;
}

/**
 * The weight of each class, in the order of the classes. `balanced` is rows / (classes · rows of the class), as
 * scikit-learn's `compute_class_weight`, over the training rows and the classes that they have.
 *
 * @param rows the training rows
 * @param classWeight the option, in a form that it accepts
 * @returns undefined if all classes weigh the same
 * @throws RangeError if it names a class that the table does not have
 */
export function classWeightsOf(
  { labels, classes }: Weighed,
  rows: Int32Array,
  classWeight = 'none',
): Float64Array | undefined {
  if (classWeight === 'none') return undefined;
  if (classWeight === 'balanced') {
    const counts = new Float64Array(classes.length);
    for (const row of rows) counts[labels[row]]++;
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => (count > 0 ? rows.length / (present * count) : 1));
  }
  const fault = classWeightFault(classes, classWeight);
  if (fault !== undefined) throw new RangeError(fault);
  const given = parseClassWeights(classWeight);
  return Float64Array.from(classes, (name) => given?.get(name) ?? 1);
}

/** What the chosen rows weigh. */
export interface RowWeights {
  /** The sum of their weights. */
  readonly total: number;
  /** For each row of the table, its weight as a multiple of the mean of the chosen rows; 0 for the others. */
  readonly relative: Float32Array;
}

/**
 * What rows weigh, each the weight of its class times its own. Multiples of their mean leave a mean over rows what it is, and
 * have no weight too large or too small for float32.
 *
 * @param ofClasses what `classWeightsOf` returns
 * @returns undefined if each row has the weight 1
 * @throws RangeError if the weights add up to nothing, or to more than a number can be
 */
export function weighRows(
  { labels, weights }: Weighed,
  rows: Int32Array,
  ofClasses: Float64Array | undefined,
): RowWeights | undefined {
  if (!(weights || ofClasses)) return undefined;
  const weightOf = (row: number) => (weights?.[row] ?? 1) * (ofClasses?.[labels[row]] ?? 1);
  let total = 0;
  for (const row of rows) total += weightOf(row);
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(
      `the weights of ${rows.length} rows add up to ${total}, expected a finite sum above 0`,
    );
  }
  const relative = new Float32Array(labels.length);
  for (const row of rows) relative[row] = weightOf(row) * (rows.length / total);
  return { total, relative };
}
