/** Comma-separated values, as RFC 4180 has them but for the line ends, which are those of Unix. */

/** What a cell may be: a number is written with as many digits as it takes to read the same one back. */
export type CsvCell = string | number;

/** A line of cells, of which those with a comma, a quote or a line end are quoted. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: CsvCell): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
