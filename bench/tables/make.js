/** Makes the tables of the jobs, the same on every machine. */
import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

const LINES = 500;

/** @typedef {() => number} Random from 0 to 1, without 1 */

/**
 * xorshift32
 *
 * @returns {Random}
 */
function randomFrom(seed = 1) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * @param {Random} random
 * @returns {number} normally distributed, nearly
 */
function normal(random) {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** @param {string} prefix @param {number} count */
const named = (prefix, count) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Words of a text column. */
const words = named('level', 20);

/**
 * A row of whole numbers, four of five of them 0, that tell its class.
 *
 * @param {Random} random
 * @param {number} label
 */
function pixels(random, label) {
  return Array.from({ length: 784 }, (_, pixel) => {
    const isInk = (pixel * 7919 + label * 104729) % 10 < 2;
    return random() < (isInk ? 0.6 : 0.1) ? Math.floor(random() * 256) : 0;
  });
}

/**
 * Kinds of tables: their names, the line of names, and a function that gives the cells of a row.
 *
 * @type {Readonly<Record<string, { rows: number, header: string, line: (random: Random) => string }>>}
 */
export const tables = {
  'floats.csv': {
    rows: 200_000,
    header: [...named('x', 50), 'label'].join(),
    line(random) {
      const cells = Array.from({ length: 50 }, () => normal(random));
      return [...cells, `class${cells[0] + cells[1] > 0 ? 1 : 0}`].join();
    },
  },
  'integers.csv': {
    rows: 60_000,
    header: [...named('pixel', 784), 'label'].join(),
    line(random) {
      const label = Math.floor(random() * 10);
      return [...pixels(random, label), label].join();
    },
  },
  'integers.tsv': {
    rows: 60_000,
    header: [...named('pixel', 784), 'label'].join('\t'),
    line(random) {
      const label = Math.floor(random() * 10);
      return [...pixels(random, label), label].join('\t');
    },
  },
  'integers.libsvm': {
    rows: 60_000,
    header: '',
    line(random) {
      const label = Math.floor(random() * 10);
      const cells = pixels(random, label).flatMap((value, pixel) =>
        value > 0 ? `${pixel + 1}:${value}` : [],
      );
      return [label, ...cells].join(' ');
    },
  },
  'quoted.csv': {
    rows: 400_000,
    header: [...named('n', 20), 'label'].map((name) => `"${name}"`).join(),
    line(random) {
      const cells = Array.from({ length: 20 }, () => (100 * random()).toFixed(5));
      return [...cells, Number(cells[0]) > 50 ? 'a' : 'b'].map((cell) => `"${cell}"`).join();
    },
  },
  'mixed.csv': {
    rows: 700_000,
    header: [...named('x', 10), ...named('t', 10), 'label'].join(),
    line(random) {
      const numbers = Array.from({ length: 10 }, () => normal(random).toFixed(6));
      const texts = numbers.map(() => words[Math.floor(random() * words.length)]);
      return [...numbers, ...texts, `class${Number(numbers[0]) > 0 ? 1 : 0}`].join();
    },
  },
  'rows.csv': {
    rows: 1_000_000,
    header: [...named('x', 100), 'label'].join(),
    line(random) {
      const cells = Array.from({ length: 100 }, () => (2 * random() - 1).toFixed(4));
      return [...cells, `class${Math.floor(random() * 3)}`].join();
    },
  },
};

/**
 * Writes a table, unless the folder has it already.
 *
 * @param {string} folder
 * @param {string} name
 * @param {number} share of its rows
 * @returns {Promise<string>} its path
 */
export async function makeTable(folder, name, share = 1) {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  const { rows, header, line } = tables[name];
  const random = randomFrom();
  const file = await open(`${path}.part`, 'w');
  try {
    if (header !== '') await file.write(`${header}\n`);
    for (let row = 0; row < rows * share; row += LINES) {
      const count = Math.min(LINES, Math.ceil(rows * share) - row);
      await file.write(Array.from({ length: count }, () => `${line(random)}\n`).join(''));
    }
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
  return path;
}
