/** What columns with a role say of the rows of a table, as they are read. */
import { quoted } from '../text.js';
import type { Dataset } from './dataset.js';
import { numberReader } from './decimal.js';
import type { Faults } from './faults.js';
import { Growing } from './growing.js';
import { daysOf, type LeftOut } from './kinds.js';
import { LabelEncoder } from './label-encoder.js';
import { type Cell, type ExtraCells, type Portion, placeOfRow, type Role } from './table.js';

/** What is known of each row; missing where no column has that role. */
export type RowValues = Pick<Dataset, 'weights' | 'groups' | 'times'>;

/** Reads the number of a cell that is not missing, or says what was expected instead. */
type ReadCell = (cell: Cell) => number | string;

/** Takes the columns with a role from the portions of a table. */
export class RowRoles {
  readonly #missing: ReadonlySet<string>;
  readonly #isDropped: boolean;
  readonly #faults: Faults;
  readonly #places = new Map<Role, LeftOut>();
  // Made when there is such a column: each reserves addresses for the largest table.
  #groups: LabelEncoder | undefined;
  #weights: Growing<Float64Array> | undefined;
  #times: Growing<Float64Array> | undefined;
  #areDates: boolean | undefined;

  /**
   * @param missing texts that mean a missing cell
   * @param isDropped whether rows in which such a cell is missing are left out; else it is a fault
   * @param faults takes what is wrong with cells
   */
  constructor(missing: ReadonlySet<string>, isDropped: boolean, faults: Faults) {
    this.#missing = missing;
    this.#isDropped = isDropped;
    this.#faults = faults;
  }

  /** @throws TableError if there are many faults */
  add(portion: Portion): void {
    const readNumber = numberReader(portion.numberFormat);
    const numberOf = (cell: Cell) => (typeof cell === 'number' ? cell : readNumber(cell));
    for (const extra of portion.extras ?? []) {
      const { role, name, place = 0 } = extra;
      if (!role) continue;
      this.#places.set(role, { name, place, why: `the ${role} of each row` });
      if (role === 'group') {
        this.#groups ??= new LabelEncoder();
        this.#groups.add(this.#textsOf(portion, extra));
      } else if (role === 'weight') {
        this.#weights ??= new Growing(Float64Array);
        this.#weights.append(this.#numbersOf(portion, extra, (cell) => weightOf(numberOf(cell))));
      } else {
        this.#times ??= new Growing(Float64Array);
        this.#times.append(this.#numbersOf(portion, extra, (cell) => this.#timeOf(cell, numberOf(cell))));
      }
    }
  }

  /** What is known of all rows: NaN, or the group -1, where a cell is missing. */
  finish(): RowValues {
    return {
      ...(this.#weights && { weights: this.#weights.values }),
      ...(this.#groups && { groups: this.#groups.finish(false).labels }),
      ...(this.#times && { times: this.#times.values }),
    };
  }

  /** The columns that are no features of a table: those with a role, and those of which the places are among the others. */
  leftOutWith(others: readonly LeftOut[]): LeftOut[] {
    const own = [...this.#places.values()].sort((a, b) => a.place - b.place);
    const moved = others.map((column) => {
      let { place } = column;
      for (const role of own) if (role.place <= place) place++;
      return { ...column, place };
    });
    return [...own, ...moved].sort((a, b) => a.place - b.place);
  }

  /** The texts of a column, undefined where one is missing. */
  #textsOf(portion: Portion, extra: ExtraCells): (string | undefined)[] {
    return Array.from(extra.cells, (cell, row) => {
      const text = textOf(cell);
      if (!this.#missing.has(text)) return text;
      if (!this.#isDropped) {
        const fault = `found no ${extra.role}, expected one: fill it in, or give --on-missing drop to leave such rows out`;
        this.#addFault(fault, portion, extra, row);
      }
      return undefined;
    });
  }

  #numbersOf(portion: Portion, extra: ExtraCells, read: ReadCell): number[] {
    return this.#textsOf(portion, extra).map((text, row) => {
      if (text === undefined) return Number.NaN;
      const found = read(extra.cells[row]);
      if (typeof found === 'number') return found;
      this.#addFault(`found ${quoted(text)}, expected ${found}`, portion, extra, row);
      return Number.NaN;
    });
  }

  #timeOf(cell: Cell, number: number): number | string {
    const isDate = Number.isNaN(number);
    const time = isDate ? daysOf(textOf(cell)) : number;
    if (!Number.isFinite(time))
      return 'a time: a number, or a date such as 2026-01-31 or 2026-01-31T12:30:00Z';
    this.#areDates ??= isDate;
    if (this.#areDates === isDate) return time;
    return `a ${this.#areDates ? 'date' : 'number'} as in the rows before`;
  }

  #addFault(fault: string, { places, areLines }: Portion, { index, name }: ExtraCells, row: number): void {
    this.#faults.add(fault, { ...placeOfRow(places[row], areLines), column: index + 1, columnName: name });
  }
}

/** Whether something is missing that should be known of a row. */
export function isUnknown({ weights, groups, times }: RowValues, row: number): boolean {
  return [weights?.[row], times?.[row]].some(Number.isNaN) || (groups?.[row] ?? 0) < 0;
}

/** A copy of the values: of those rows that are kept, if some are not. */
export function valuesOf({ weights, groups, times }: RowValues, kept?: Uint8Array): RowValues {
  const isKept = (_: number, row: number) => kept?.[row] !== 0;
  return {
    ...(weights && { weights: weights.filter(isKept) }),
    ...(groups && { groups: groups.filter(isKept) }),
    ...(times && { times: times.filter(isKept) }),
  };
}

function weightOf(number: number): number | string {
  return number >= 0 && number < Number.POSITIVE_INFINITY ? number : 'a weight: a finite number of 0 or more';
}

/** A cell as text, empty for NaN, which is missing. */
function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell.trim();
  return Number.isNaN(cell) ? '' : String(cell);
}
