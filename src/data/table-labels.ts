/** The labels of a table, as they are read. */
import { grouped, quoted } from '../text.js';
import type { Faults } from './faults.js';
import { areNumbers, type EncodedLabels, LabelEncoder } from './label-encoder.js';
import { MAX_CLASSES, type Place, type Portion, placeOfRow, TableError } from './table.js';
import type { ColumnRules } from './table-builder.js';

export class TableLabels {
  readonly #table: string;
  readonly #rules: Pick<ColumnRules, 'missing' | 'onMissing'>;
  readonly #faults: Faults;
  readonly #hint: () => string;
  readonly #encoder = new LabelEncoder();
  #areText = false;
  #missing = 0;
  #firstMissing: { readonly text: string; readonly place: Place } | undefined;

  /**
   * @param table name of the table, for messages
   * @param faults takes what is wrong with labels
   * @param hint which columns may have the labels, for the end of a message
   */
  constructor(
    table: string,
    rules: Pick<ColumnRules, 'missing' | 'onMissing'>,
    faults: Faults,
    hint = () => '',
  ) {
    this.#table = table;
    this.#rules = rules;
    this.#faults = faults;
    this.#hint = hint;
  }

  /** @throws TableError if there are no labels, or too many different ones */
  add({ labels, textLabels, places, areLines }: Portion): void {
    if (!labels) {
      throw new TableError(this.#table, 'has no labels: give the file that has them with --labels');
    }
    this.#areText ||= textLabels === true;
    const placeOf = (row: number) => placeOfRow(places[row], areLines);
    const found = labels.map((label, row) => {
      const text = label.trim();
      if (!this.#rules.missing.has(text)) return text;
      this.#missing++;
      this.#firstMissing ??= { text, place: placeOf(row) };
      return undefined;
    });
    this.#encoder.add(found);
    if (this.#encoder.size <= MAX_CLASSES) return;
    const last = labels.length - 1;
    throw new TableError(
      this.#table,
      `found more than ${MAX_CLASSES} distinct labels, the last ${quoted(labels[last])}: expected classes; ` +
        `is --label another column?${this.#hint()}`,
      placeOf(last),
    );
  }

  /**
   * The labels of all rows, −1 for those that are missing.
   *
   * @param known classes of a model, which come first
   * @throws TableError if there are no two classes
   */
  finish(known?: readonly string[]): EncodedLabels {
    if (this.#firstMissing && this.#rules.onMissing !== 'drop') {
      const { text, place } = this.#firstMissing;
      const found = text === '' ? 'no label' : `the label ${quoted(text)}, a missing value`;
      const more = this.#missing > 1 ? ` (and ${grouped(this.#missing - 1)} more rows without one)` : '';
      this.#faults.add(
        `found ${found}${more}, expected one: give --on-missing drop to leave such rows out`,
        place,
      );
    }
    const encoded = this.#encoder.finish(this.#areText || (known !== undefined && !areNumbers(known)));
    if (known) return renumbered(encoded, known);
    const { classes } = encoded;
    if (classes.length >= 2) return encoded;
    const found =
      classes.length === 0 ? 'no row has a label' : `all rows have the label ${quoted(classes[0])}`;
    const doubt = `is --label another column?${this.#hint()}`;
    throw this.#faults.endedBy(
      new TableError(this.#table, `${found}: expected at least two classes; ${doubt}`),
    );
  }
}

/** Labels as class indices of a model; labels that it does not know follow its classes. */
function renumbered({ labels, classes }: EncodedLabels, known: readonly string[]): EncodedLabels {
  const all = [...known, ...classes.filter((name) => !known.includes(name))];
  const indexOf = new Map(all.map((name, index) => [name, index]));
  const index = classes.map((name) => indexOf.get(name) ?? -1);
  return { labels: labels.map((label) => (label < 0 ? -1 : index[label])), classes: all };
}
