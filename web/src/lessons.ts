/** Drawings that the visitor has named: rows for a model to learn from. */
import type { LoadedDataset, RunPlan } from 'digit-classifier';

/** A drawing, and what it is. */
export interface Lesson {
  /** The 64 features of the picture. */
  readonly cells: readonly number[];
  readonly label: string;
  /** The strokes, see `encodeStrokes`; a picture from a file has none. */
  readonly drawing?: string;
  /** What it counts in the training, in rows; by default, as one of the visitor's. */
  readonly weight?: number;
}

/** What a visitor's drawing counts in the training, in rows: as one of some hundreds, it would change nothing. */
const WEIGHT = 10;

/** Least drawings of each symbol to train on, and symbols to tell apart. */
export const LEAST_DRAWINGS = 3;
export const LEAST_SYMBOLS = 2;

/** Adds drawings of the table's classes to the training rows of a plan. The rows that test the model stay the same. */
export function withLessons(
  plan: RunPlan<LoadedDataset>,
  lessons: readonly Lesson[],
): RunPlan<LoadedDataset> {
  if (lessons.length === 0) return plan;
  const { dataset, sides } = plan;
  const { features, labels, classes } = dataset;
  const rows = features.rows + lessons.length;
  const values = new Float32Array(rows * features.columns);
  values.set(features.values);
  const weights = new Float64Array(rows).fill(1);
  for (const [index, { cells, weight = WEIGHT }] of lessons.entries()) {
    values.set(cells, (features.rows + index) * features.columns);
    weights[features.rows + index] = weight;
  }
  const added = Int32Array.from(lessons, (_, index) => features.rows + index);
  return {
    ...plan,
    dataset: {
      ...dataset,
      features: { ...features, rows, values },
      labels: Int32Array.of(...labels, ...lessons.map(({ label }) => classes.indexOf(label))),
      weights,
    },
    sides: { ...sides, train: Int32Array.of(...sides.train, ...added) },
  };
}

/** How many drawings there are of each label, in the order of the labels. */
export function countByLabel(lessons: readonly Lesson[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const label of lessons.map(({ label }) => label).sort())
    counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** What is missing before symbols can be trained on, for people; empty if nothing is. */
export function missingLessons(lessons: readonly Lesson[]): string {
  const counts = countByLabel(lessons);
  if (counts.size < LEAST_SYMBOLS) {
    return `Draw a symbol, name it and add it: at least ${LEAST_SYMBOLS} symbols, ${LEAST_DRAWINGS} times each.`;
  }
  const few = [...counts].filter(([, count]) => count < LEAST_DRAWINGS);
  if (few.length === 0) return '';
  return `Draw ${few.map(([label, count]) => `${label} ${LEAST_DRAWINGS - count} more`).join(', ')}: each ${LEAST_DRAWINGS} times at least.`;
}

/** The drawings as CSV, which `digits train --data` reads: their features, and the label in the last column. */
export function lessonsAsCsv(lessons: readonly Lesson[], names: readonly string[]): string {
  const lines = lessons.map(({ cells, label }) => [...cells, quoted(label)].join(','));
  return `${[[...names, 'label'].join(','), ...lines].join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The drawings that a visit has kept under a name; they last until the tab is closed. */
export function keptLessons(name: string): readonly Lesson[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isLesson) : [];
  } catch {
    // A browser may forbid storage.
    return [];
  }
}

export function keepLessons(name: string, lessons: readonly Lesson[]): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(lessons));
  } catch {
    // Then they last until the page is left.
  }
}

function isLesson(value: unknown): value is Lesson {
  const { cells, label } = Object(value);
  return (
    Array.isArray(cells) && cells.length === 64 && cells.every(Number.isFinite) && typeof label === 'string'
  );
}
