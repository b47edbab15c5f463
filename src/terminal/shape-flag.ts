import { Errors, Flags } from '@oclif/core';
import type { Shape } from '../core/core.js';

const SYNTAX = /^(\d+)x(\d+)x(\d+)$/;
const MAX_INT32 = 2 ** 31 - 1;

/** A flag that takes the size of a table, such as 1437x64x10. */
export const tableShape = Flags.custom<Shape>({
  parse: async (input) => {
    const [rows, features, classes] = (SYNTAX.exec(input) ?? []).slice(1).map(Number);
    const isShape = [rows, features, classes].every((size) => size >= 1 && size <= MAX_INT32) && classes >= 2;
    if (isShape) return { rows, features, classes };
    throw new Errors.CLIError(
      'expected rows, features and classes as in 1437x64x10, at least one row, one feature and two classes, ' +
        `found ${input === '' ? 'nothing' : JSON.stringify(input)}`,
    );
  },
});
