import { type Place, TableError, TableFaults } from './table.js';

/** Most faults of a table that are told at once. */
const MOST_FAULTS = 10;

/** What is wrong with a table, as far as that is known while it is read: people want to hear all of it at once. */
export class Faults {
  readonly #table: string;
  readonly #found: TableError[] = [];

  /** @param table name of the table, for messages */
  constructor(table: string) {
    this.#table = table;
  }

  /** @throws TableError with all faults once there are many */
  add(fault: string, place: Place): void {
    this.#found.push(new TableError(this.#table, fault, place));
    if (this.#found.length >= MOST_FAULTS) this.check();
  }

  /** @throws TableError with all faults, if there are any */
  check(): void {
    if (this.#found.length > 0) throw new TableFaults(this.#found);
  }

  /** An error that ends the reading, together with the faults before it. */
  endedBy(error: TableError): TableError {
    // Many faults have ended it themselves.
    if (this.#found.length === 0 || error instanceof TableFaults) return error;
    return new TableFaults([...this.#found, error]);
  }
}
