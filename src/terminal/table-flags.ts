import { column, file, formatFlags, labelFlags } from './flags.js';

/** Flags that say how to read a table. */
export const tableFlags = {
  ...labelFlags,
  drop: column({
    multiple: true,
    description: 'column to leave out, by name or by number from 1; may be given several times',
  }),
  ...formatFlags,
};

export const dataFlag = file({
  description: 'table to train on, "-" for standard input [default: the handwritten digits]',
});
