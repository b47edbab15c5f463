import { Errors, Flags } from '@oclif/core';

/** A range of numbers and its name in help texts and errors. */
interface Range {
  readonly expected: string;
  contains(value: number): boolean;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WHOLE = /^\d+$/;

function parseNumber(input: string, syntax: RegExp, { expected, contains }: Range): number {
  const value = syntax.test(input) ? Number(input) : Number.NaN;
  if (Number.isFinite(value) && contains(value)) return value;
  throw new Errors.CLIError(
    `expected ${expected}, found ${input === '' ? 'nothing' : JSON.stringify(input)}`,
  );
}

/** A flag that takes a whole number from `min` to `max`, both included, in plain digits. */
export const wholeNumber = Flags.custom<number, { min: number; max: number }>({
  parse: async (input, _context, { min, max }) =>
    parseNumber(input, WHOLE, {
      expected: `a whole number from ${min} to ${max}`,
      contains: (value) => value >= min && value <= max,
    }),
});

/** A flag that takes a decimal number, such as 0.1 or 1e-3, in a range. */
export const decimalNumber = Flags.custom<number, { range: Range }>({
  parse: async (input, _context, { range }) => parseNumber(input, DECIMAL, range),
});

export const aboveZero: Range = {
  expected: 'a finite number above 0',
  contains: (value) => value > 0,
};

export const zeroOrMore: Range = {
  expected: 'a finite number, 0 or more',
  contains: (value) => value >= 0,
};

export const properShare: Range = {
  expected: 'a number above 0 and below 1',
  contains: (value) => value > 0 && value < 1,
};
