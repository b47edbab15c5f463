/** The fields of the options that hold a number: which numbers each of them takes, and how it is read. */
import { elementOf } from './page.js';

/** Numbers, worded as for the flags of the command. */
interface Range {
  readonly expected: string;
  contains(value: number): boolean;
}

type Ranges = Readonly<Record<string, Range>>;

const required = {
  epochs: { expected: 'a whole number from 1 to 100000', contains: wholeWithin(1, 100_000) },
  learningRate: { expected: 'a finite number above 0', contains: (value) => value > 0 },
  learningRateDecay: { expected: 'a finite number, 0 or more', contains: (value) => value >= 0 },
  testSplit: { expected: 'a number above 0 and below 1', contains: (value) => value > 0 && value < 1 },
  l2: { expected: 'a finite number, 0 or more', contains: (value) => value >= 0 },
  seed: { expected: 'a whole number from 0 to 4294967295', contains: wholeWithin(0, 2 ** 32 - 1) },
} satisfies Ranges;

/** Those of the fields that may be left empty. */
const optional = {
  tolerance: { expected: 'a finite number, 0 or more, or nothing', contains: (value) => value >= 0 },
  components: {
    expected: 'an even number from 2 to 65536, or nothing',
    contains: (value) => value % 2 === 0 && wholeWithin(2, 65_536)(value),
  },
  gamma: {
    expected: 'a number above 0, at most 1e12, or nothing',
    contains: (value) => value > 0 && value <= 1e12,
  },
  momentum: {
    expected: 'a number, 0 or more and below 1, or nothing',
    contains: (value) => value >= 0 && value < 1,
  },
  batchSize: {
    expected: 'a whole number from 1 to 4294967295, or nothing',
    contains: wholeWithin(1, 2 ** 32 - 1),
  },
  validationSplit: {
    expected: 'a number above 0 and below 1, or nothing',
    contains: (value) => value > 0 && value < 1,
  },
  patience: {
    expected: 'a whole number from 1 to 4294967295, or nothing',
    contains: wholeWithin(1, 2 ** 32 - 1),
  },
} satisfies Ranges;

function wholeWithin(min: number, max: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= min && value <= max;
}

/**
 * The number in a field. A field that is disabled counts as its default, as in the command.
 *
 * @throws RangeError for another number than the field takes; the field is marked, and has the focus
 */
export function numberIn(name: keyof typeof required): number {
  const input = elementOf(name, HTMLInputElement);
  if (!input.disabled) return check(input, required[name]);
  accept(input);
  return Number(input.defaultValue);
}

/**
 * The number in a field that may be left empty, under its name; no entry if it is empty or disabled.
 *
 * @throws RangeError for another number than the field takes; the field is marked, and has the focus
 */
export function optionalNumberIn<Name extends keyof typeof optional>(name: Name): { [Key in Name]?: number } {
  const input = elementOf(name, HTMLInputElement);
  // The value of an input that is not a number is empty, too.
  if (!input.disabled && (input.value !== '' || input.validity.badInput)) {
    return { [name]: check(input, optional[name]) } as { [Key in Name]: number };
  }
  accept(input);
  return {};
}

function check(input: HTMLInputElement, { expected, contains }: Range): number {
  const { id, value, valueAsNumber } = input;
  if (Number.isFinite(valueAsNumber) && contains(valueAsNumber)) {
    accept(input);
    return valueAsNumber;
  }
  refuse(input);
  throw new RangeError(`${id}: expected ${expected}, found ${value || 'nothing'}`);
}

function accept(input: HTMLInputElement): void {
  input.setAttribute('aria-invalid', 'false');
  input.setAttribute('aria-describedby', '');
}

function refuse(input: HTMLInputElement): void {
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', 'complaint');
  const folded = input.closest('details');
  if (folded) folded.open = true;
  input.focus();
}
