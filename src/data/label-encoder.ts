import { byCodePoint } from '../text.js';
import { decimalOf } from './decimal.js';
import { Growing } from './growing.js';

/** Labels as class indices, and the names of the classes. */
export interface EncodedLabels {
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/**
 * Turns labels into class indices, with classes ordered as by scikit-learn's `LabelEncoder`: numerically, or by code
 * point for text. Labels are numbers if all of them are; then 1, 1.0 and 01 are the same class, called 1.
 */
export class LabelEncoder {
  /** One more than the code of each row's label, 0 where it is missing: a byte each, until there are too many labels. */
  #codes: Growing<Uint8Array> | Growing<Int32Array> = new Growing(Uint8Array);
  readonly #codeOf = new Map<string, number>();
  readonly #written: string[] = [];

  /** Number of distinct labels so far. */
  get size(): number {
    return this.#written.length;
  }

  /** Adds the labels of the next rows; a missing one has the index −1. */
  add(labels: readonly (string | undefined)[]): void {
    const codes = labels.map((label) =>
      label === undefined ? 0 : 1 + (this.#codeOf.get(label) ?? this.#learn(label)),
    );
    if (this.size > 255 && this.#codes.values instanceof Uint8Array) {
      const wider = new Growing(Int32Array);
      wider.append(this.#codes.values);
      this.#codes = wider;
    }
    this.#codes.append(codes);
  }

  /** @param areText treats labels as text even if they all look like numbers */
  finish(areText: boolean): EncodedLabels {
    const written = this.#written;
    const numbers = areText ? undefined : numbersOf(written);
    const classes = numbers
      ? [...new Set(numbers)].sort((a, b) => a - b).map(String)
      : written.toSorted(byCodePoint);
    const indexOf = new Map(classes.map((name, index) => [name, index]));
    const index = written.map((label, code) => indexOf.get(numbers ? String(numbers[code]) : label) ?? -1);
    const codes = this.#codes.values;
    const labels = new Int32Array(codes.length);
    for (let row = 0; row < codes.length; row++) labels[row] = codes[row] === 0 ? -1 : index[codes[row] - 1];
    return { labels, classes };
  }

  #learn(label: string): number {
    const code = this.#written.length;
    // A copy, since a substring would keep the whole text in memory.
    const copy = structuredClone(label);
    this.#written.push(copy);
    this.#codeOf.set(copy, code);
    return code;
  }
}

/**
 * The labels as numbers; undefined if one is not a number, or is so large that a double can't hold every whole number.
 */
function numbersOf(labels: readonly string[]): number[] | undefined {
  const numbers: number[] = [];
  for (const label of labels) {
    const number = decimalOf(label);
    if (!(Math.abs(number) <= Number.MAX_SAFE_INTEGER)) return undefined;
    numbers.push(number);
  }
  return numbers;
}

/** Whether class names are those that `LabelEncoder` gives to numeric labels. */
export function areNumbers(classes: readonly string[]): boolean {
  return numbersOf(classes)?.every((number, index) => String(number) === classes[index]) ?? false;
}
