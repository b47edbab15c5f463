import { type ColumnAccount, columnsInWords } from 'digit-classifier';
import type { DatasetOptions, OnRead } from 'digit-classifier/tables';
import { html, nothing, render } from 'lit-html';
import { elementOf, sentenceOf } from './page.js';
import type { TableSummary } from './page-worker.js';
import { counted, percent } from './quantity.js';

/** Reads the tables that are chosen. */
export interface TableReader {
  formats(): Promise<readonly string[]>;
  openDigits(): Promise<TableSummary>;
  openTable(file: File, options: DatasetOptions, onRead: OnRead): Promise<TableSummary>;
  stop(): void;
}

export interface TableChoice {
  /** Asks how to read the first of these files as a table. */
  ask(files: FileList): void;
  /** Shows which table is open. */
  show(table: TableSummary): void;
}

/** Lets the visitor choose between the digits and a table of their own. */
export function createTableChoice(
  reader: TableReader,
  onOpen: (table: TableSummary) => Promise<void>,
  onFailure: (error: unknown) => void,
): TableChoice {
  const dialog = elementOf('table-dialog', HTMLDialogElement);
  const read = elementOf('read-table', HTMLButtonElement);
  const back = elementOf('close-table', HTMLButtonElement);
  const complaint = elementOf('table-complaint', HTMLElement);
  const status = elementOf('table-status', HTMLElement);

  void reader.formats().then((formats) => {
    elementOf('table-format', HTMLSelectElement).append(...formats.map((format) => new Option(format)));
  }, onFailure);

  function show(table: TableSummary): void {
    const { name, rows, features, classes } = table;
    elementOf('table-name', HTMLElement).textContent = name;
    elementOf('table-size', HTMLElement).textContent =
      `${counted(rows, 'row')}, ${counted(features, 'feature')}, ${counted(classes, 'class', 'classes')}`;
    render(table.teaches ? nothing : accountOf(table), elementOf('table-account', HTMLElement));
    back.hidden = table.teaches === 'digits';
  }

  function ask(): void {
    complaint.textContent = '';
    if (!dialog.open) dialog.showModal();
  }

  async function open(): Promise<void> {
    const [file] = elementOf('table-file', HTMLInputElement).files ?? [];
    complaint.textContent = '';
    read.disabled = true;
    try {
      if (!file) throw new Error('Table: expected a file, found none');
      const onRead: OnRead = (bytes, size) => {
        status.textContent = `Reading… ${size === undefined ? '' : percent(bytes / size, 0)}`;
      };
      const table = await reader.openTable(file, readOptions(), onRead);
      show(table);
      read.disabled = false;
      status.textContent = '';
      dialog.close();
      void onOpen(table);
    } catch (error) {
      read.disabled = false;
      status.textContent = '';
      if (dialog.open) complaint.textContent = inWordsOfTheDialog(sentenceOf(error));
    }
  }

  elementOf('open-table', HTMLButtonElement).addEventListener('click', ask);
  elementOf('cancel-table', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (read.disabled) reader.stop();
  });
  elementOf('table-options', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void open();
  });
  back.addEventListener('click', async () => {
    try {
      const table = await reader.openDigits();
      show(table);
      void onOpen(table);
    } catch (error) {
      onFailure(error);
    }
  });
  return {
    show,
    ask(files) {
      elementOf('table-file', HTMLInputElement).files = files;
      ask();
    },
  };
}

/** What was decided about the columns of a table, and what else its reader says. */
const accountOf = ({ columns, notes }: TableSummary) => html`
  <p class="muted">${columnsInWords(columns)}</p>
  ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  <details class="more">
    <summary>All columns</summary>
    <div class="kinds" tabindex="0" role="group" aria-label="All columns">
      <dl>${columns.map((column) => html`<div><dt>${column.name}</dt><dd>${kindInWords(column)}</dd></div>`)}</dl>
    </div>
  </details>`;

function kindInWords({ kind, levels = 0, why }: ColumnAccount): string {
  if (kind === 'left out') return `left out: ${why}`;
  return kind === 'category' ? `category of ${counted(levels, 'level')}` : kind;
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

function readOptions(): DatasetOptions {
  const textOf = (id: string) => elementOf(id, HTMLInputElement).value.trim();
  const choiceOf = (id: string) => elementOf(id, HTMLSelectElement).value;
  const linesOf = (id: string) =>
    elementOf(id, HTMLTextAreaElement)
      .value.split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [labels] = elementOf('table-labels', HTMLInputElement).files ?? [];
  const header = choiceOf('table-header');
  const given = {
    label: textOf('table-label'),
    drop: linesOf('table-drop'),
    category: linesOf('table-category'),
    onMissing: choiceOf('table-on-missing'),
    missing: linesOf('table-missing'),
    format: choiceOf('table-format'),
    delimiter: choiceOf('table-delimiter'),
    decimal: choiceOf('table-decimal'),
    thousands: choiceOf('table-thousands'),
    encoding: textOf('table-encoding'),
  };
  return {
    // Empty texts and lists say nothing.
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value.length > 0)),
    ...(labels && { labels }),
    ...(header !== '' && { header: header === 'true' }),
  };
}
