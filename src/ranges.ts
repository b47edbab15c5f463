/** The numbers that an option or a flag accepts. All of them are finite. */
export interface NumberRange {
  /** In words, for messages: "expected …". */
  readonly expected: string;
  readonly lowest: number;
  readonly highest: number;
  /** Set if the end itself is not accepted. */
  readonly isAboveLowest?: true;
  readonly isBelowHighest?: true;
  /** Set if only multiples are accepted: 1 for whole numbers, 2 for even ones. */
  readonly step?: 1 | 2;
}

/** The texts that an option accepts, if it has more than a few names. */
export interface TextForm {
  /** In words, for messages: "expected …". */
  readonly expected: string;
  /** A regular expression that all of them match, for schemas. */
  readonly pattern: string;
  fits(text: string): boolean;
}

/** Numbers, texts, or names. */
export type Values = NumberRange | TextForm | readonly string[];

export function areNumbers(values: Values): values is NumberRange {
  return 'lowest' in values;
}

export function areNames(values: Values): values is readonly string[] {
  return !('expected' in values);
}

/** The largest seed, and the limit of counts that have no other. */
export const MAX_UINT32 = 2 ** 32 - 1;

export const aboveZero: NumberRange = {
  expected: 'a finite number above 0',
  lowest: 0,
  highest: Infinity,
  isAboveLowest: true,
};

export const zeroOrMore: NumberRange = {
  expected: 'a finite number, 0 or more',
  lowest: 0,
  highest: Infinity,
};

/** A share that leaves something on both sides. */
export const properShare: NumberRange = {
  expected: 'a number above 0 and below 1',
  lowest: 0,
  highest: 1,
  isAboveLowest: true,
  isBelowHighest: true,
};

/** A share of what is kept from step to step. */
export const shareKept: NumberRange = {
  expected: 'a number, 0 or more and below 1',
  lowest: 0,
  highest: 1,
  isBelowHighest: true,
};

/** Numbers above 0, up to and including `highest`. */
export function aboveZeroTo(highest: number, words: string): NumberRange {
  return { expected: `a number above 0, at most ${words}`, lowest: 0, highest, isAboveLowest: true };
}

/** Whole numbers from `lowest` to `highest`, both included. */
export function wholeNumbers(lowest: number, highest: number, what = 'a whole number'): NumberRange {
  return { expected: `${what} from ${lowest} to ${highest}`, lowest, highest, step: 1 };
}

/** Even numbers from `lowest` to `highest`, both included. */
export function evenNumbers(lowest: number, highest: number): NumberRange {
  return { expected: `an even number from ${lowest} to ${highest}`, lowest, highest, step: 2 };
}

export function isWithin(range: NumberRange, value: number): boolean {
  const { lowest, highest, isAboveLowest, isBelowHighest, step } = range;
  return (
    Number.isFinite(value) &&
    (isAboveLowest ? value > lowest : value >= lowest) &&
    (isBelowHighest ? value < highest : value <= highest) &&
    (step === undefined || value % step === 0)
  );
}
