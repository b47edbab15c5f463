import { type ColumnAccount, columnsInWords } from 'digit-classifier';
import { html, nothing, render } from 'lit-html';
import { type ExampleName, exampleFile, isExample } from './examples.js';
import { elementOf } from './page.js';
import type { TableSummary } from './page-worker.js';
import { counted } from './quantity.js';
import type { TableDialog, TableFileReader } from './table-dialog.js';

/** Reads the tables that are chosen. */
export interface TableReader extends TableFileReader {
  openDigits(): Promise<TableSummary>;
}

export interface TableChoice {
  /** Asks how to read the first of these files as a table. */
  ask(files: FileList): void;
  /** Shows which table is open. */
  show(table: TableSummary): void;
  /** Opens an example table; resolves once it has been used, or its failure is shown. */
  openExample(name: ExampleName): Promise<void>;
}

/**
 * Lets the visitor choose between the digits, example tables and a table of their own.
 *
 * @param onOpen called with each table that was opened, and its name if it is an example
 */
export function createTableChoice(
  reader: TableReader,
  onOpen: (table: TableSummary, example?: ExampleName) => Promise<void>,
  onFailure: (error: unknown) => void,
): TableChoice {
  const back = elementOf('close-table', HTMLButtonElement);
  let loading: Promise<TableDialog> | undefined;

  function show(table: TableSummary): void {
    const { name, rows, features, classes } = table;
    elementOf('table-name', HTMLElement).textContent = name;
    elementOf('table-size', HTMLElement).textContent =
      `${counted(rows, 'row')}, ${counted(features, 'feature')}, ${counted(classes, 'class', 'classes')}`;
    render(table.teaches ? nothing : accountOf(table), elementOf('table-account', HTMLElement));
    back.hidden = table.teaches === 'digits';
  }

  async function use(table: TableSummary, example?: ExampleName): Promise<void> {
    show(table);
    await onOpen(table, example);
  }

  /** Opens the dialog, whose script is loaded with its first use. */
  async function ask(files?: FileList): Promise<void> {
    try {
      loading ??= import('./table-dialog.js').then(({ createTableDialog }) =>
        createTableDialog(reader, (table) => void use(table)),
      );
      (await loading).ask(files);
    } catch (error) {
      loading = undefined;
      onFailure(error);
    }
  }

  async function openExample(name: ExampleName): Promise<void> {
    elementOf('table-dialog', HTMLDialogElement).close();
    try {
      await use(await reader.openTable(await exampleFile(name), {}, () => {}), name);
    } catch (error) {
      onFailure(error);
    }
  }

  elementOf('open-table', HTMLButtonElement).addEventListener('click', () => void ask());
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-example]')) {
    const { example = '' } = button.dataset;
    if (isExample(example)) button.addEventListener('click', () => void openExample(example));
  }
  back.addEventListener('click', async () => {
    try {
      await use(await reader.openDigits());
    } catch (error) {
      onFailure(error);
    }
  });
  return { show, ask: (files) => void ask(files), openExample };
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
