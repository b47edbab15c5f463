/** The dialog that asks how to read a table. */
import type { ColumnNamesOptions, DatasetOptions, OnRead } from 'digit-classifier/tables';
import { createColumnChoice } from './column-choice.js';
import { elementOf, sentenceOf } from './page.js';
import type { TableSummary } from './page-worker.js';
import { percent } from './quantity.js';

/** Reads the table that is chosen. */
export interface TableFileReader {
  formats(): Promise<readonly string[]>;
  columnNames(file: File, options: ColumnNamesOptions): Promise<readonly string[] | undefined>;
  openTable(file: File, options: DatasetOptions, onRead: OnRead): Promise<TableSummary>;
  stop(): void;
}

export interface TableDialog {
  /** Shows the dialog; with the first of these files as the table, if some are given. */
  ask(files?: FileList): void;
}

/** @param onOpen called with each table that was opened */
export function createTableDialog(
  reader: TableFileReader,
  onOpen: (table: TableSummary) => void,
): TableDialog {
  const dialog = elementOf('table-dialog', HTMLDialogElement);
  const form = elementOf('table-options', HTMLFormElement);
  const chosen = elementOf('table-file', HTMLInputElement);
  const read = elementOf('read-table', HTMLButtonElement);
  const complaint = elementOf('table-complaint', HTMLElement);
  const status = elementOf('table-status', HTMLElement);
  const columns = createColumnChoice();
  /** The file whose columns are offered, and how it was read. */
  let offered: { readonly file: File | undefined; readonly written: string } | undefined;

  void reader
    .formats()
    .then((formats) =>
      elementOf('table-format', HTMLSelectElement).append(...formats.map((format) => new Option(format))),
    );

  async function offerColumns(): Promise<void> {
    const [file] = chosen.files ?? [];
    const options = readWritten();
    const written = JSON.stringify(options);
    if (file === offered?.file && written === offered?.written) return;
    const own = { file, written };
    offered = own;
    // A file that can't be read says so when it is opened; until then, names are typed.
    const names = file && (await reader.columnNames(file, options).catch(() => undefined));
    if (offered === own) columns.offer(names ?? []);
  }

  async function open(): Promise<void> {
    const [file] = chosen.files ?? [];
    complaint.textContent = '';
    read.disabled = true;
    try {
      if (!file) throw new Error('Table: expected a file, found none');
      const onRead: OnRead = (bytes, size) => {
        status.textContent = `Reading… ${size === undefined ? '' : percent(bytes / size, 0)}`;
      };
      const table = await reader.openTable(file, readOptions(), onRead);
      read.disabled = false;
      status.textContent = '';
      dialog.close();
      onOpen(table);
    } catch (error) {
      read.disabled = false;
      status.textContent = '';
      if (dialog.open) complaint.textContent = inWordsOfTheDialog(sentenceOf(error));
    }
  }

  elementOf('cancel-table', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (read.disabled) reader.stop();
  });
  form.addEventListener('change', () => void offerColumns());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void open();
  });
  return {
    ask(files) {
      if (files) chosen.files = files;
      complaint.textContent = '';
      if (!dialog.open) dialog.showModal();
      void offerColumns();
    },
  };
}

/** Names in the dialog for flags of the command line, which occur in the messages of readers. */
const fields = {
  '--no-header': '“First line: data”',
  '--header': '“First line: column names”',
  '--delimiter': '“Delimiter”',
  '--labels': '“Or a file with the labels alone”',
  '--label': '“Label column”',
  '--format': '“Format”',
  '--drop': '“Columns to leave out”',
  '--category': '“Columns that are categories”',
  '--on-missing drop': '“Rows with missing cells: are left out”',
  '--on-missing': '“Rows with missing cells”',
  '--missing': '“Words for a missing cell”',
  '--decimal': '“Decimal point”',
  '--thousands': '“Between thousands”',
  '--encoding': '“Encoding”',
};

function inWordsOfTheDialog(message: string): string {
  return Object.entries(fields).reduce((text, [flag, field]) => text.replaceAll(flag, field), message);
}

const textOf = (id: string) => elementOf(id, HTMLInputElement).value.trim();
const choiceOf = (id: string) => elementOf(id, HTMLSelectElement).value;
const linesOf = (id: string) =>
  elementOf(id, HTMLTextAreaElement)
    .value.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What is given; empty texts and lists say nothing. */
function withoutEmpty<Value extends string | readonly string[]>(given: Readonly<Record<string, Value>>) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value.length > 0));
}

/** How the file is written. */
function readWritten(): ColumnNamesOptions {
  const header = choiceOf('table-header');
  return {
    ...withoutEmpty({
      format: choiceOf('table-format'),
      delimiter: choiceOf('table-delimiter'),
      decimal: choiceOf('table-decimal'),
      thousands: choiceOf('table-thousands'),
      encoding: textOf('table-encoding'),
      missing: linesOf('table-missing'),
    }),
    ...(header !== '' && { header: header === 'true' }),
  };
}

function readOptions(): DatasetOptions {
  const [labels] = elementOf('table-labels', HTMLInputElement).files ?? [];
  return {
    ...withoutEmpty({
      label: textOf('table-label'),
      drop: linesOf('table-drop'),
      category: linesOf('table-category'),
      onMissing: choiceOf('table-on-missing'),
    }),
    ...(labels && { labels }),
    ...readWritten(),
  };
}
